using System.Globalization;
using System.Text;

namespace Workers.Encryption.Sealing;

/// <summary>
/// Writes the tar stream inside a sealed blob: POSIX.1-2017 pax interchange format, regular files only. A pax header comes before a file only
/// when its name is no ASCII of at most 100 bytes or its size needs more than 11 octal digits.
/// </summary>
internal static class ArchiveWriter
{
    public const int BlockLength = 512;
    public const long MaxOctalSize = 0x1_FFFF_FFFF; // 8 GiB − 1
    public const int MaxShortName = 100;

    /// <summary>Writes what comes before a file's content. The caller then writes exactly <paramref name="size"/> bytes and pads.</summary>
    public static void WriteHeader(ChunkWriter output, string name, long size, DateTimeOffset modifiedAt)
    {
        var time = Math.Clamp(modifiedAt.ToUnixTimeSeconds(), 0, MaxOctalSize);
        var isShort = name.Length <= MaxShortName && Ascii.IsValid(name);
        if (!isShort || size > MaxOctalSize)
        {
            var records = (isShort ? "" : Record("path", name)) + (size <= MaxOctalSize ? "" : Record("size", size.ToString(CultureInfo.InvariantCulture)));
            var bytes = Encoding.UTF8.GetBytes(records);
            WriteBlock(output, 'x', "PaxHeaders/0", bytes.Length, time);
            output.Write(bytes);
            WritePadding(output, bytes.Length);
        }

        WriteBlock(output, '0', isShort ? name : "pax", Math.Min(size, MaxOctalSize), time);
    }

    /// <summary>Fills the last block of a file's content.</summary>
    public static void WritePadding(ChunkWriter output, long size)
    {
        Span<byte> zeros = stackalloc byte[BlockLength];
        zeros.Clear();
        output.Write(zeros[..(int)((BlockLength - (size % BlockLength)) % BlockLength)]);
    }

    /// <summary>Writes the end of the archive, two blocks of zeros.</summary>
    public static void WriteEnd(ChunkWriter output)
    {
        Span<byte> zeros = stackalloc byte[2 * BlockLength];
        zeros.Clear();
        output.Write(zeros);
    }

    /// <summary>A header block: name, mode, owner, size, time, checksum, type, magic; offsets from the ustar table of POSIX pax.</summary>
    private static void WriteBlock(ChunkWriter output, char type, string name, long size, long time)
    {
        Span<byte> block = stackalloc byte[BlockLength];
        block.Clear();
        Encoding.ASCII.GetBytes(name, block);
        WriteOctal(block.Slice(100, 7), 0x180); // 0600
        WriteOctal(block.Slice(108, 7), 0);
        WriteOctal(block.Slice(116, 7), 0);
        WriteOctal(block.Slice(124, 11), size);
        WriteOctal(block.Slice(136, 11), time);
        block[156] = (byte)type;
        "ustar\000"u8.CopyTo(block[257..]);
        WriteOctal(block.Slice(329, 7), 0);
        WriteOctal(block.Slice(337, 7), 0);
        WriteOctal(block.Slice(148, 6), Checksum(block));
        block[155] = (byte)' ';
        output.Write(block);
    }

    /// <summary>Sum of a header block's bytes, the checksum field taken as spaces.</summary>
    public static int Checksum(ReadOnlySpan<byte> block)
    {
        var sum = 8 * ' ';
        for (var i = 0; i < BlockLength; i++)
        {
            sum += i is >= 148 and < 156 ? 0 : block[i];
        }

        return sum;
    }

    private static void WriteOctal(Span<byte> field, long value)
    {
        for (var i = field.Length - 1; i >= 0; i--)
        {
            field[i] = (byte)('0' + (value & 7));
            value >>= 3;
        }
    }

    /// <summary>"length key=value\n", where length counts itself.</summary>
    private static string Record(string key, string value)
    {
        var rest = Encoding.UTF8.GetByteCount(value) + key.Length + 3;
        var length = rest + 1;
        while (length != rest + length.ToString(CultureInfo.InvariantCulture).Length)
        {
            length++;
        }

        return $"{length} {key}={value}\n";
    }
}
