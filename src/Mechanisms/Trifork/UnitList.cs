using System.Buffers;

namespace Mechanisms.Trifork;

/// <summary>Units in memory, one after the other.</summary>
internal sealed class UnitList : IDisposable
{
    private readonly List<int> ends = [0];
    private byte[] bytes = ArrayPool<byte>.Shared.Rent(1 << 20);
    private int[]? order;

    public int Count => ends.Count - 1;

    /// <summary>Room for an order of the units.</summary>
    public Span<int> Order => order ??= new int[Count];

    public ReadOnlyMemory<byte> this[int index] => bytes.AsMemory(ends[index], ends[index + 1] - ends[index]);

    public void Add(ReadOnlySpan<byte> unit)
    {
        var length = ends[^1];
        if (length + unit.Length > bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(checked(2 * bytes.Length));
            bytes.AsSpan(0, length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(bytes);
            bytes = larger;
        }

        unit.CopyTo(bytes.AsSpan(length));
        ends.Add(length + unit.Length);
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(bytes);
}
