using Mechanisms.Datasets;

namespace Mechanisms.Trifork;

/// <summary>Cuts a stream into units.</summary>
/// <param name="name">The file's name, as errors name it.</param>
/// <param name="source">The dataset; it is not disposed.</param>
/// <param name="format">What its units are.</param>
public sealed class UnitReader(string name, Stream source, UnitFormat format)
{
    private byte[] buffer = new byte[256 << 10];
    private int start;
    private int end;
    private int seen;
    private bool ended;

    /// <summary>The file's name.</summary>
    public string Name => name;

    /// <summary>Bytes of the dataset that were given out, without what the last unit was filled with.</summary>
    public long Length { get; private set; }

    /// <summary>Units that were given out.</summary>
    public long Units { get; private set; }

    /// <summary>How many values the first record of a file has: what <see cref="UnitFormat.Records"/> wants to know.</summary>
    /// <param name="name">The file's name.</param>
    /// <param name="source">The file from its beginning.</param>
    /// <exception cref="DatasetFileException">It has no first record of at most 1 MiB.</exception>
    public static async Task<int> CountColumnsAsync(string name, Stream source, CancellationToken cancellationToken)
    {
        // How many columns there are does not matter for finding where the record ends.
        var reader = new UnitReader(name, source, new UnitFormat.Records(Columns: 0));
        return await reader.FindAsync(cancellationToken) is { } record
            ? UnitFormat.Records.CountColumns(record.Unit.Span)
            : throw new DatasetFileException(name, 0, "The file is empty.");
    }

    /// <summary>The next unit; null after the last one. Its bytes are good until the next call.</summary>
    /// <exception cref="DatasetFileException">A unit is longer than 1 MiB, or not what the format says.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken)
    {
        if (await FindAsync(cancellationToken) is not { } found)
        {
            return null;
        }

        if (format.Problem(found.Unit.Span) is { } problem)
        {
            throw new DatasetFileException(name, Length + problem.Offset, problem.Reason);
        }

        var taken = found.Unit.Length - found.Padding;
        (start, seen) = (start + taken, 0);
        Length += taken;
        Units++;
        return found.Unit;
    }

    private async ValueTask<(ReadOnlyMemory<byte> Unit, int Padding)?> FindAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var length = format.Find(buffer.AsSpan(start, end - start), ref seen);
            if (length == 0 && end - start >= UnitFormat.MaxUnit)
            {
                throw new DatasetFileException(name, Length, $"Unit {Units + 1} is longer than {UnitFormat.MaxUnit} bytes.");
            }

            if (length > 0)
            {
                return (buffer.AsMemory(start, length), 0);
            }

            if (ended)
            {
                return end == start ? null : Fill();
            }

            await ReadMoreAsync(cancellationToken);
        }
    }

    private (ReadOnlyMemory<byte> Unit, int Padding) Fill()
    {
        var length = end - start;
        byte[] unit = [.. buffer.AsSpan(start, length), .. format.Padding(length)];
        return (unit, unit.Length - length);
    }

    private async ValueTask ReadMoreAsync(CancellationToken cancellationToken)
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
        }

        if (end == buffer.Length)
        {
            Array.Resize(ref buffer, 2 * buffer.Length);
        }

        var read = await source.ReadAsync(buffer.AsMemory(end), cancellationToken);
        end += read;
        ended = read == 0;
    }
}
