using System.Globalization;
using System.Text;

namespace Workers.Encryption.Sealing;

/// <summary>
/// Reads what <see cref="ArchiveWriter"/> writes and refuses everything else that tar can hold: links, devices, folders, extensions.
/// Whoever sealed the archive may be hostile, so nothing is allocated by a length that it declares.
/// </summary>
internal sealed class ArchiveReader(ChunkReader plaintext)
{
    private const int MaxPaxLength = 2 * SpaceFileName.MaxLength;

    private readonly byte[] _block = new byte[ArchiveWriter.BlockLength];
    private readonly byte[] _pax = new byte[MaxPaxLength + ArchiveWriter.BlockLength];
    private long _remaining;
    private int _padding;

    /// <summary>Goes to the next file, whose predecessor was read to its end; null at the end of the archive.</summary>
    /// <exception cref="SealedBlobException">Malformed, or something else than a regular file with a safe name.</exception>
    public async Task<SpaceFile?> NextAsync(CancellationToken cancellationToken)
    {
        await ReadExactlyAsync(_block.AsMemory(0, _padding), cancellationToken);
        await ReadExactlyAsync(_block, cancellationToken);
        if (!_block.AsSpan().ContainsAnyExcept((byte)0))
        {
            await ReadEndAsync(cancellationToken);
            return null;
        }

        string? path = null;
        long? size = null;
        if (CheckHeader() == 'x')
        {
            var length = ParseOctal(_block.AsSpan(124, 12));
            if (length > MaxPaxLength)
            {
                throw Malformed($"an extended header of {length} bytes");
            }

            var padded = (int)((length + ArchiveWriter.BlockLength - 1) / ArchiveWriter.BlockLength * ArchiveWriter.BlockLength);
            await ReadExactlyAsync(_pax.AsMemory(0, padded), cancellationToken);
            (path, size) = ParsePax(_pax.AsSpan(0, (int)length));
            await ReadExactlyAsync(_block, cancellationToken);
            CheckHeader();
        }

        if (_block[156] != '0')
        {
            throw Malformed($"an entry of type '{(char)_block[156]}', where only regular files are allowed");
        }

        var name = path ?? Encoding.UTF8.GetString(_block.AsSpan(0, 100).TrimEnd((byte)0));
        if (!SpaceFileName.IsSafe(name, out var reason))
        {
            throw Malformed($"a file whose name {reason}");
        }

        _remaining = size ?? ParseOctal(_block.AsSpan(124, 12));
        _padding = (int)((ArchiveWriter.BlockLength - (_remaining % ArchiveWriter.BlockLength)) % ArchiveWriter.BlockLength);
        return new SpaceFile(name, _remaining, DateTimeOffset.FromUnixTimeSeconds(ParseOctal(_block.AsSpan(136, 12))));
    }

    /// <summary>Reads content of the current file; 0 at its end.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        var count = (int)Math.Min(destination.Length, _remaining);
        if (count == 0)
        {
            return 0;
        }

        var read = await plaintext.ReadAsync(destination[..count], cancellationToken);
        _remaining -= read > 0 ? read : throw Malformed("an end in the middle of a file");
        return read;
    }

    private async Task ReadEndAsync(CancellationToken cancellationToken)
    {
        await ReadExactlyAsync(_block, cancellationToken);
        if (_block.AsSpan().ContainsAnyExcept((byte)0) || await plaintext.ReadAsync(_block, cancellationToken) != 0)
        {
            throw Malformed("data after its end");
        }
    }

    private char CheckHeader()
    {
        if (!_block.AsSpan(257, 8).SequenceEqual("ustar\000"u8) || ParseOctal(_block.AsSpan(148, 7)) != ArchiveWriter.Checksum(_block))
        {
            throw Malformed("a header that is no tar header");
        }

        if (_block.AsSpan(157, 100).ContainsAnyExcept((byte)0) || _block.AsSpan(345).ContainsAnyExcept((byte)0))
        {
            throw Malformed("a link or a prefixed name");
        }

        return (char)_block[156];
    }

    private static (string? Path, long? Size) ParsePax(ReadOnlySpan<byte> records)
    {
        string? path = null;
        long? size = null;
        while (!records.IsEmpty)
        {
            var space = records.IndexOf((byte)' ');
            if (space is < 1 or > 5 || !int.TryParse(records[..space], NumberStyles.None, CultureInfo.InvariantCulture, out var length)
                || length <= space + 1 || length > records.Length || records[length - 1] != '\n')
            {
                throw Malformed("a malformed extended header");
            }

            var record = records[(space + 1)..(length - 1)];
            if (path is null && record.StartsWith("path="u8))
            {
                path = Encoding.UTF8.GetString(record[5..]);
            }
            else if (size is null && record.StartsWith("size="u8) && long.TryParse(record[5..], NumberStyles.None, CultureInfo.InvariantCulture, out var value))
            {
                size = value;
            }
            else
            {
                throw Malformed("an extended header with an unknown or repeated field");
            }

            records = records[length..];
        }

        return (path, size);
    }

    private static long ParseOctal(ReadOnlySpan<byte> field)
    {
        long value = 0;
        foreach (var digit in field[..^1])
        {
            if (digit == 0 && field.Length == 7)
            {
                break; // the checksum field ends with NUL and a space
            }

            value = digit is >= (byte)'0' and <= (byte)'7' ? (value << 3) | (uint)(digit - '0') : throw Malformed("a number that is not octal");
        }

        return value;
    }

    private async Task ReadExactlyAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        while (!destination.IsEmpty)
        {
            var read = await plaintext.ReadAsync(destination, cancellationToken);
            destination = destination[(read > 0 ? read : throw Malformed("an end in the middle of a header"))..];
        }
    }

    private static SealedBlobException Malformed(string what) =>
        new(SealedBlobError.UnsafeContent, $"The archive in the sealed blob contains {what}. Nothing of it was kept.");
}
