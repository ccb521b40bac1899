using System.Buffers.Binary;
using System.Numerics;

namespace Ethereum.Transactions;

/// <summary>Recursive Length Prefix encoding (Ethereum yellow paper, appendix B): byte strings and lists of them.</summary>
public static class Rlp
{
    /// <summary>Encodes a byte string.</summary>
    public static byte[] Encode(ReadOnlySpan<byte> bytes) => bytes is [< 0x80] ? [bytes[0]] : Prefixed(0x80, bytes);

    /// <summary>Encodes a number: big-endian without leading zeros; zero is the empty string.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public static byte[] Encode(BigInteger number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        return number.IsZero ? Encode([]) : Encode(number.ToByteArray(isUnsigned: true, isBigEndian: true));
    }

    /// <summary>Encodes an address, or the empty string for none.</summary>
    public static byte[] Encode(Address? address) => Encode(address is { } a ? a.ToArray() : []);

    /// <summary>Encodes a list of items that are encoded already.</summary>
    public static byte[] EncodeList(params ReadOnlySpan<byte[]> items)
    {
        var length = 0;
        foreach (var item in items)
        {
            length += item.Length;
        }

        var content = new byte[length];
        var at = 0;
        foreach (var item in items)
        {
            item.CopyTo(content, at);
            at += item.Length;
        }

        return Prefixed(0xc0, content);
    }

    private static byte[] Prefixed(byte kind, ReadOnlySpan<byte> content)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, content.Length);
        length = length.TrimStart((byte)0);
        return content.Length < 56
            ? [(byte)(kind + content.Length), .. content]
            : [(byte)(kind + 55 + length.Length), .. length, .. content];
    }
}
