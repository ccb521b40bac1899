using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Ethereum.Abi;

/// <summary>
/// Reads the canonical ABI encoding of a tuple, member after member (Contract ABI specification, "Formal Specification of the
/// Encoding"): the form that Solidity and Vyper emit, in which tails follow each other in order, without gaps, overlaps or surplus.
/// </summary>
/// <remarks>
/// Every byte is read once and every tail stands where the last one ended, so time and memory are proportional to the data:
/// offsets cannot point back, share a tail or leave the data, and a length is checked against what is left before anything is allocated.
/// </remarks>
public ref struct AbiReader
{
    /// <summary>Bytes of a word, the unit of the encoding.</summary>
    public const int Word = 32;

    private readonly ReadOnlySpan<byte> _data;
    private int _start;
    private int _cursor;
    private int _tail;

    /// <summary>Starts at the head of a tuple.</summary>
    /// <param name="data">The encoding, without a selector.</param>
    /// <param name="headBytes">Length of the tuple's head: 32 for a dynamic member, the full length for a static one.</param>
    /// <exception cref="AbiException">The data is shorter than the head, or is not a whole number of words.</exception>
    public AbiReader(ReadOnlySpan<byte> data, int headBytes)
    {
        if (data.Length < headBytes || data.Length % Word != 0)
        {
            throw new AbiException($"ABI data has {data.Length} bytes; expected whole 32-byte words and at least {headBytes} bytes.");
        }

        _data = data;
        _tail = headBytes;
    }

    /// <summary>Unsigned integer of 8 to 64 bits.</summary>
    public ulong UInt64(int bits)
    {
        var word = Next();
        var value = BinaryPrimitives.ReadUInt64BigEndian(word[24..]);
        if (word[..24].ContainsAnyExcept((byte)0) || (bits < 64 && value >> bits != 0))
        {
            throw Unfit($"uint{bits}");
        }

        return value;
    }

    /// <summary>Signed integer of 8 to 64 bits.</summary>
    public long Int64(int bits)
    {
        var word = Next();
        var value = BinaryPrimitives.ReadInt64BigEndian(word[24..]);
        var sign = value < 0 ? byte.MaxValue : (byte)0;
        if (word[..24].ContainsAnyExcept(sign) || (value << (64 - bits)) >> (64 - bits) != value)
        {
            throw Unfit($"int{bits}");
        }

        return value;
    }

    /// <summary>Unsigned integer of up to 256 bits.</summary>
    public BigInteger BigUInt(int bits)
    {
        var word = Next();
        if (word[..(Word - (bits / 8))].ContainsAnyExcept((byte)0))
        {
            throw Unfit($"uint{bits}");
        }

        return word[..24].ContainsAnyExcept((byte)0)
            ? new BigInteger(word, isUnsigned: true, isBigEndian: true)
            : BinaryPrimitives.ReadUInt64BigEndian(word[24..]);
    }

    /// <summary>Signed integer of up to 256 bits, two's complement.</summary>
    public BigInteger BigInt(int bits)
    {
        var word = Next();
        var padding = Word - (bits / 8);
        var sign = word[padding] >= 0x80 ? byte.MaxValue : (byte)0;
        if (word[..padding].ContainsAnyExcept(sign))
        {
            throw Unfit($"int{bits}");
        }

        return new BigInteger(word, isUnsigned: false, isBigEndian: true);
    }

    /// <summary>A bool, 0 or 1.</summary>
    public bool Bool()
    {
        var word = Next();
        return word[31] <= 1 && !word[..31].ContainsAnyExcept((byte)0) ? word[31] == 1 : throw Unfit("bool");
    }

    /// <summary>An address.</summary>
    public Address Address()
    {
        var word = Next();
        return word[..12].ContainsAnyExcept((byte)0) ? throw Unfit("address") : new Address(word[12..]);
    }

    /// <summary>A bytes32.</summary>
    public Hash32 Hash32() => new(Next());

    /// <summary>bytes1 to bytes32, left-aligned.</summary>
    public byte[] FixedBytes(int length)
    {
        var word = Next();
        return word[length..].ContainsAnyExcept((byte)0) ? throw Unfit($"bytes{length}") : word[..length].ToArray();
    }

    /// <summary>A byte string.</summary>
    public byte[] Bytes() => Blob().ToArray();

    /// <summary>A text; its bytes must be UTF-8.</summary>
    public string String()
    {
        try
        {
            return Utf8.GetString(Blob());
        }
        catch (DecoderFallbackException e)
        {
            throw new AbiException("An ABI string is not UTF-8.", e);
        }
    }

    /// <summary>Follows the offset of a dynamic tuple or of a fixed array of dynamic elements.</summary>
    /// <param name="headBytes">Length of the head there.</param>
    /// <returns>What <see cref="Leave"/> takes when all members are read.</returns>
    public AbiFrame Enter(int headBytes)
    {
        FollowOffset();
        return Open(headBytes);
    }

    /// <summary>Follows the offset of a dynamic array and reads its length.</summary>
    /// <param name="elementHeadBytes">Length of one element in the array's head, at least 32.</param>
    /// <param name="length">Number of elements; never more than the data left can hold.</param>
    /// <returns>What <see cref="Leave"/> takes when all elements are read.</returns>
    public AbiFrame EnterArray(int elementHeadBytes, out int length)
    {
        FollowOffset();
        length = Length(elementHeadBytes);
        return Open(length * elementHeadBytes);
    }

    /// <summary>Goes back to the head from which <see cref="Enter"/> or <see cref="EnterArray"/> went.</summary>
    public void Leave(AbiFrame frame) => (_start, _cursor) = (frame.Start, frame.Cursor);

    /// <summary>Call when the outermost tuple is read.</summary>
    /// <exception cref="AbiException">Bytes are left over.</exception>
    public readonly void End()
    {
        if (_tail != _data.Length)
        {
            throw new AbiException($"ABI data has {_data.Length - _tail} surplus bytes after the expected {_tail}.");
        }
    }

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private ReadOnlySpan<byte> Next()
    {
        var word = _data.Slice(_cursor, Word);
        _cursor += Word;
        return word;
    }

    private void FollowOffset()
    {
        var at = _cursor;
        var offset = Next();
        if (offset[..28].ContainsAnyExcept((byte)0) || BinaryPrimitives.ReadUInt32BigEndian(offset[28..]) != _tail - _start)
        {
            throw new AbiException($"ABI offset at byte {at} does not point to byte {_tail}, where its tail must stand.");
        }
    }

    private AbiFrame Open(int headBytes)
    {
        if (headBytes > _data.Length - _tail)
        {
            throw new AbiException($"ABI data ends at byte {_data.Length}; {headBytes} bytes expected at byte {_tail}.");
        }

        var outer = new AbiFrame(_start, _cursor);
        _start = _cursor = _tail;
        _tail += headBytes;
        return outer;
    }

    private int Length(int unit)
    {
        var left = _data.Length - _tail - Word;
        if (left < 0)
        {
            throw new AbiException($"ABI data ends at byte {_data.Length}, where a length is expected.");
        }

        var word = _data.Slice(_tail, Word);
        var length = BinaryPrimitives.ReadUInt32BigEndian(word[28..]);
        if (word[..28].ContainsAnyExcept((byte)0) || length > left / unit)
        {
            throw new AbiException($"ABI length at byte {_tail} is more than the {left} bytes left can hold.");
        }

        _tail += Word;
        return (int)length;
    }

    private ReadOnlySpan<byte> Blob()
    {
        FollowOffset();
        var length = Length(1);
        var padded = (length + Word - 1) / Word * Word;
        var blob = _data.Slice(_tail, padded);
        if (blob[length..].ContainsAnyExcept((byte)0))
        {
            throw new AbiException($"ABI byte string at byte {_tail} is not padded with zeros.");
        }

        _tail += padded;
        return blob[..length];
    }

    private readonly AbiException Unfit(string type) => new($"ABI word at byte {_cursor - Word} is not a canonical {type}.");
}
