using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Mechanisms.Trifork;

/// <summary>What the information units of a dataset are, the pieces whose order is hidden. Each finds the end of the next unit in bytes.</summary>
public abstract record UnitFormat
{
    /// <summary>Longest unit, in bytes.</summary>
    public const int MaxUnit = 1 << 20;

    private UnitFormat()
    {
    }

    /// <summary>What a unit without its end gets, so that all units end alike.</summary>
    internal abstract ReadOnlySpan<byte> Padding(int length);

    /// <summary>The length of the next unit, or 0 when its end is not in sight.</summary>
    /// <param name="data">From the unit's first byte.</param>
    /// <param name="seen">Bytes that were looked at before and hold no end; updated.</param>
    internal abstract int Find(ReadOnlySpan<byte> data, ref int seen);

    /// <summary>Refuses a unit that is not what the format says.</summary>
    /// <returns>What is wrong and at which of its bytes; null when it is good.</returns>
    internal abstract (int Offset, string Reason)? Problem(ReadOnlySpan<byte> unit);

    /// <summary>Blocks of one length; the last is filled with zeros.</summary>
    /// <param name="Size">1 byte to 1 MiB.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is out of its range.</exception>
    public sealed record Blocks(int Size) : UnitFormat
    {
        /// <summary>Bytes of a block.</summary>
        public int Size { get; } = Size is > 0 and <= MaxUnit ? Size : throw new ArgumentOutOfRangeException(nameof(Size), Size, $"Blocks have 1 to {MaxUnit} bytes.");

        internal override ReadOnlySpan<byte> Padding(int length) => new byte[Size - length];

        internal override int Find(ReadOnlySpan<byte> data, ref int seen) => data.Length < Size ? 0 : Size;

        internal override (int Offset, string Reason)? Problem(ReadOnlySpan<byte> unit) => null;
    }

    /// <summary>Lines of UTF-8 with their line feed.</summary>
    public sealed record Lines : UnitFormat
    {
        internal override ReadOnlySpan<byte> Padding(int length) => "\n"u8;

        internal override int Find(ReadOnlySpan<byte> data, ref int seen)
        {
            var end = data[seen..].IndexOf((byte)'\n');
            seen = end < 0 ? data.Length : seen + end + 1;
            return end < 0 ? 0 : seen;
        }

        internal override (int Offset, string Reason)? Problem(ReadOnlySpan<byte> unit) => NotText(unit);
    }

    /// <summary>Records of comma-separated values (RFC 4180) in UTF-8 with their line end; quoted values may hold line ends.</summary>
    /// <param name="Columns">Values that each record has, at least 1.</param>
    public sealed record Records(int Columns) : UnitFormat
    {
        private static readonly SearchValues<byte> Special = SearchValues.Create("\"\n"u8);

        internal override ReadOnlySpan<byte> Padding(int length) => "\n"u8;

        // A line feed ends the record when the quotes before it pair up; a doubled quote inside a value is a pair as well.
        internal override int Find(ReadOnlySpan<byte> data, ref int seen)
        {
            var quoted = false;
            var at = 0;
            for (int next; (next = data[at..].IndexOfAny(Special)) >= 0;)
            {
                at += next + 1;
                if (data[at - 1] == '"')
                {
                    quoted = !quoted;
                }
                else if (!quoted)
                {
                    return at;
                }
            }

            return 0;
        }

        internal override (int Offset, string Reason)? Problem(ReadOnlySpan<byte> unit)
        {
            if (NotText(unit) is { } problem)
            {
                return problem;
            }

            var record = unit[..^(unit.EndsWith("\r\n"u8) ? 2 : 1)];
            var columns = 1;
            for (var at = 0; at < record.Length; at++)
            {
                switch (record[at])
                {
                    case (byte)',':
                        columns++;
                        break;
                    case (byte)'"' when at > 0 && record[at - 1] != ',':
                        return (at, "A quote stands inside a value that does not begin with one.");
                    case (byte)'"':
                        if (Closing(record, at + 1) is not { } end)
                        {
                            return (at, "A quoted value has no end.");
                        }

                        if (end + 1 < record.Length && record[end + 1] != ',')
                        {
                            return (end + 1, "Something stands between a quoted value and the next comma.");
                        }

                        at = end;
                        break;
                }
            }

            return columns == Columns ? null : (0, $"The record has {columns} values; the first has {Columns}.");
        }

        /// <summary>How many values the first record of a file has.</summary>
        public static int CountColumns(ReadOnlySpan<byte> record)
        {
            var (columns, quoted) = (1, false);
            foreach (var value in record)
            {
                quoted ^= value == '"';
                columns += value == ',' && !quoted ? 1 : 0;
            }

            return columns;
        }

        private static int? Closing(ReadOnlySpan<byte> record, int from)
        {
            for (var at = from; at < record.Length; at++)
            {
                if (record[at] != '"')
                {
                    continue;
                }

                if (at + 1 == record.Length || record[at + 1] != '"')
                {
                    return at;
                }

                at++;
            }

            return null;
        }
    }

    private static (int Offset, string Reason)? NotText(ReadOnlySpan<byte> unit)
    {
        if (unit.IndexOf((byte)0) is >= 0 and var zero)
        {
            return (zero, "A zero byte is no text (UTF-16 looks like this). Convert the file, or publish it as blocks.");
        }

        if (Utf8.IsValid(unit))
        {
            return null;
        }

        var at = 0;
        while (Rune.DecodeFromUtf8(unit[at..], out _, out var length) == OperationStatus.Done)
        {
            at += length;
        }

        return (at, "This is not UTF-8. Convert the file, or publish it as blocks.");
    }
}
