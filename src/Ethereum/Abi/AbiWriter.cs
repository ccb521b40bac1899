using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Ethereum.Abi;

/// <summary>Writes the canonical ABI encoding of a tuple, member after member; the mirror of <see cref="AbiReader"/>.</summary>
public sealed class AbiWriter
{
    private const int Word = AbiReader.Word;

    private readonly int _prefix;
    private byte[] _buffer;
    private int _start;
    private int _cursor;
    private int _length;

    /// <summary>Starts at the head of a tuple.</summary>
    /// <param name="headBytes">Length of the tuple's head: 32 for a dynamic member, the full length for a static one.</param>
    /// <param name="prefix">What stands before the encoding and does not count in offsets: a selector, or the bytecode before constructor arguments.</param>
    public AbiWriter(int headBytes, ReadOnlySpan<byte> prefix = default)
    {
        _prefix = prefix.Length;
        _start = _cursor = _prefix;
        _length = _prefix + headBytes;
        _buffer = new byte[_length];
        prefix.CopyTo(_buffer);
    }

    /// <summary>Unsigned integer of 8 to 64 bits.</summary>
    /// <exception cref="AbiException">The value needs more bits.</exception>
    public void UInt64(ulong value, int bits)
    {
        if (bits < 64 && value >> bits != 0)
        {
            throw Unfit(value, $"uint{bits}");
        }

        BinaryPrimitives.WriteUInt64BigEndian(Next()[24..], value);
    }

    /// <summary>Signed integer of 8 to 64 bits.</summary>
    /// <exception cref="AbiException">The value needs more bits.</exception>
    public void Int64(long value, int bits)
    {
        if ((value << (64 - bits)) >> (64 - bits) != value)
        {
            throw Unfit(value, $"int{bits}");
        }

        var word = Next();
        word.Fill(value < 0 ? byte.MaxValue : (byte)0);
        BinaryPrimitives.WriteInt64BigEndian(word[24..], value);
    }

    /// <summary>Unsigned integer of up to 256 bits.</summary>
    /// <exception cref="AbiException">The value is negative or needs more bits.</exception>
    public void BigUInt(BigInteger value, int bits)
    {
        if (value.Sign < 0 || value.GetBitLength() > bits)
        {
            throw Unfit(value, $"uint{bits}");
        }

        var length = value.GetByteCount(isUnsigned: true);
        value.TryWriteBytes(Next()[(Word - length)..], out _, isUnsigned: true, isBigEndian: true);
    }

    /// <summary>Signed integer of up to 256 bits, two's complement.</summary>
    /// <exception cref="AbiException">The value needs more bits.</exception>
    public void BigInt(BigInteger value, int bits)
    {
        if (value.GetBitLength() > bits - 1)
        {
            throw Unfit(value, $"int{bits}");
        }

        var word = Next();
        word.Fill(value.Sign < 0 ? byte.MaxValue : (byte)0);
        value.TryWriteBytes(word[(Word - value.GetByteCount())..], out _, isUnsigned: false, isBigEndian: true);
    }

    /// <summary>A bool, 0 or 1.</summary>
    public void Bool(bool value) => Next()[31] = value ? (byte)1 : (byte)0;

    /// <summary>An address.</summary>
    public void Address(Address value) => value.CopyTo(Next()[12..]);

    /// <summary>A bytes32.</summary>
    public void Hash32(Hash32 value) => value.CopyTo(Next());

    /// <summary>bytes1 to bytes32.</summary>
    /// <exception cref="AbiException">The value has another length.</exception>
    public void FixedBytes(byte[] value, int length)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.Length != length)
        {
            throw new AbiException($"{value.Length} bytes are not a bytes{length}.");
        }

        value.CopyTo(Next());
    }

    /// <summary>A byte string.</summary>
    public void Bytes(byte[] value)
    {
        ArgumentNullException.ThrowIfNull(value);
        Blob(value);
    }

    /// <summary>A text, as UTF-8.</summary>
    /// <exception cref="AbiException">The text holds half a surrogate pair, which UTF-8 cannot write.</exception>
    public void String(string value)
    {
        try
        {
            Blob(Utf8.GetBytes(value));
        }
        catch (EncoderFallbackException e)
        {
            throw new AbiException("A text with half a surrogate pair cannot be written as UTF-8.", e);
        }
    }

    /// <summary>Starts a dynamic tuple or a fixed array of dynamic elements.</summary>
    /// <param name="headBytes">Length of its head.</param>
    /// <returns>What <see cref="Leave"/> takes when all members are written.</returns>
    public AbiFrame Enter(int headBytes)
    {
        Offset();
        return Open(headBytes);
    }

    /// <summary>Starts a dynamic array.</summary>
    /// <param name="elementHeadBytes">Length of one element in the array's head, at least 32.</param>
    /// <param name="length">Number of elements.</param>
    /// <returns>What <see cref="Leave"/> takes when all elements are written.</returns>
    public AbiFrame EnterArray(int elementHeadBytes, int length)
    {
        Offset();
        BinaryPrimitives.WriteInt32BigEndian(Extend(Word)[28..], length);
        return Open(checked(elementHeadBytes * length));
    }

    /// <summary>Goes back to the head from which <see cref="Enter"/> or <see cref="EnterArray"/> went.</summary>
    public void Leave(AbiFrame frame) => (_start, _cursor) = (frame.Start, frame.Cursor);

    /// <summary>The prefix and the encoding.</summary>
    public byte[] ToArray() => _buffer.AsSpan(0, _length).ToArray();

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private Span<byte> Next()
    {
        var word = _buffer.AsSpan(_cursor, Word);
        _cursor += Word;
        return word;
    }

    private void Offset() => BinaryPrimitives.WriteInt32BigEndian(Next()[28..], _length - _start);

    private AbiFrame Open(int headBytes)
    {
        var outer = new AbiFrame(_start, _cursor);
        _start = _cursor = _length;
        Extend(headBytes);
        return outer;
    }

    private void Blob(ReadOnlySpan<byte> bytes)
    {
        Offset();
        BinaryPrimitives.WriteInt32BigEndian(Extend(Word)[28..], bytes.Length);
        bytes.CopyTo(Extend((bytes.Length + Word - 1) / Word * Word));
    }

    private Span<byte> Extend(int bytes)
    {
        var needed = checked(_length + bytes);
        if (needed > _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(needed, 2 * _buffer.Length));
        }

        var added = _buffer.AsSpan(_length, bytes);
        _length = needed;
        return added;
    }

    private static AbiException Unfit<T>(T value, string type) => new($"{value} does not fit {type}.");
}
