using System.Numerics;

namespace Ethereum.Transactions;

/// <summary>A decoded byte string or list. Only the one canonical encoding of each is accepted.</summary>
public sealed class RlpItem
{
    private const int MaxDepth = 16;

    private readonly byte[] _bytes;

    private RlpItem(byte[] bytes, IReadOnlyList<RlpItem>? items) => (_bytes, Items) = (bytes, items);

    /// <summary>The list's items, null for a byte string.</summary>
    public IReadOnlyList<RlpItem>? Items { get; }

    /// <summary>Decodes one item; all of the data must belong to it.</summary>
    /// <exception cref="FormatException">Not canonical RLP, or lists nested deeper than 16 levels.</exception>
    public static RlpItem Decode(ReadOnlySpan<byte> data)
    {
        var item = Read(ref data, 0);
        return data.IsEmpty ? item : throw new FormatException($"RLP has {data.Length} surplus bytes.");
    }

    /// <summary>The byte string.</summary>
    /// <exception cref="FormatException">It is a list.</exception>
    public byte[] Bytes() => Items is null ? _bytes : throw new FormatException("RLP list where a byte string is expected.");

    /// <summary>The list with exactly that many items.</summary>
    /// <exception cref="FormatException">It is a byte string, or of another length.</exception>
    public IReadOnlyList<RlpItem> List(int count) =>
        Items?.Count == count ? Items : throw new FormatException($"RLP list of {count} items expected, {Items?.Count.ToString() ?? "a byte string"} found.");

    /// <summary>The number.</summary>
    /// <exception cref="FormatException">It has leading zeros or more than 256 bits.</exception>
    public BigInteger Number()
    {
        var bytes = Bytes();
        return bytes.Length > 32 || bytes is [0, ..]
            ? throw new FormatException("RLP number has leading zeros or more than 32 bytes.")
            : new BigInteger(bytes, isUnsigned: true, isBigEndian: true);
    }

    /// <summary>The number of at most 64 bits.</summary>
    /// <exception cref="FormatException">It does not fit.</exception>
    public ulong Word() => Number() is var number && number <= ulong.MaxValue ? (ulong)number : throw new FormatException("RLP number has more than 64 bits.");

    /// <summary>The address, null for the empty string.</summary>
    /// <exception cref="FormatException">It has another length than 0 or 20.</exception>
    public Address? OptionalAddress() => Bytes() is { Length: > 0 } bytes ? Address(bytes) : null;

    /// <summary>The address.</summary>
    /// <exception cref="FormatException">It has not 20 bytes.</exception>
    public Address Address() => Address(Bytes());

    private static Address Address(byte[] bytes) => bytes.Length == Ethereum.Address.Size ? new Address(bytes) : throw new FormatException("RLP address has not 20 bytes.");

    private static RlpItem Read(ref ReadOnlySpan<byte> data, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new FormatException($"RLP lists nest deeper than {MaxDepth} levels.");
        }

        if (data.IsEmpty)
        {
            throw CutOff();
        }

        var prefix = data[0];
        if (prefix < 0x80)
        {
            data = data[1..];
            return new RlpItem([prefix], null);
        }

        var isList = prefix >= 0xc0;
        var content = Content(ref data, prefix - (isList ? 0xc0 : 0x80));
        if (!isList)
        {
            return content is [< 0x80] ? throw new FormatException("RLP of a small byte has a needless prefix.") : new RlpItem(content.ToArray(), null);
        }

        var items = new List<RlpItem>();
        while (!content.IsEmpty)
        {
            items.Add(Read(ref content, depth + 1));
        }

        return new RlpItem([], items);
    }

    private static ReadOnlySpan<byte> Content(ref ReadOnlySpan<byte> data, int size)
    {
        var length = (long)size;
        data = data[1..];
        if (size > 55)
        {
            var digits = size - 55;
            if (digits > 4 || data.Length < digits)
            {
                throw CutOff();
            }

            length = 0;
            foreach (var digit in data[..digits])
            {
                length = (length << 8) | digit;
            }

            if (data[0] == 0 || length < 56)
            {
                throw new FormatException("RLP length is not written in the shortest form.");
            }

            data = data[digits..];
        }

        if (length > data.Length)
        {
            throw CutOff();
        }

        var content = data[..(int)length];
        data = data[(int)length..];
        return content;
    }

    private static FormatException CutOff() => new("RLP ends before the announced length.");
}
