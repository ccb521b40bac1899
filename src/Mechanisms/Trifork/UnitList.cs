namespace Mechanisms.Trifork;

/// <summary>Units in memory, one after the other; its memory is used again for the next bucket.</summary>
/// <param name="capacity">Bytes that are expected; more are taken too.</param>
internal sealed class UnitList(int capacity)
{
    private readonly List<int> ends = [0];
    private byte[] bytes = GC.AllocateUninitializedArray<byte>(capacity);
    private int[] order = [];

    public int Count => ends.Count - 1;

    /// <summary>Room for an order of the units.</summary>
    public Span<int> Order => order.AsSpan(0, Count);

    public ReadOnlyMemory<byte> this[int index] => bytes.AsMemory(ends[index], ends[index + 1] - ends[index]);

    public void Add(ReadOnlySpan<byte> unit)
    {
        var length = ends[^1];
        if (length + unit.Length > bytes.Length)
        {
            // By halves instead of doubling, since a bucket is most of what is in memory.
            Array.Resize(ref bytes, Math.Max(checked(bytes.Length + (bytes.Length / 2)), length + unit.Length + (1 << 20)));
        }

        unit.CopyTo(bytes.AsSpan(length));
        ends.Add(length + unit.Length);
        if (order.Length < Count)
        {
            Array.Resize(ref order, 2 * Count);
        }
    }

    public void Clear() => ends.RemoveRange(1, ends.Count - 1);
}
