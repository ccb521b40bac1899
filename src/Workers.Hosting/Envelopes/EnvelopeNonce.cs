using System.Buffers.Binary;
using System.Security.Cryptography;
using Ethereum;

namespace Workers.Hosting.Envelopes;

/// <summary>16 bytes that name an envelope among its sender's.</summary>
public readonly record struct EnvelopeNonce(UInt128 Value)
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 16;

    /// <summary>Names none.</summary>
    public static EnvelopeNonce None => default;

    /// <summary>A fresh one from the system's generator.</summary>
    public static EnvelopeNonce Random() => new(RandomNumberGenerator.GetBytes(Size));

    /// <summary>Copies exactly 16 bytes.</summary>
    public EnvelopeNonce(ReadOnlySpan<byte> bytes)
        : this(bytes.Length == Size ? BinaryPrimitives.ReadUInt128BigEndian(bytes) : throw new ArgumentException($"A nonce has {Size} bytes, not {bytes.Length}.", nameof(bytes)))
    {
    }

    /// <summary>A new array of the 16 bytes.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Value);
        return bytes;
    }

    /// <summary>0x and 32 lower-case digits.</summary>
    public override string ToString() => Hex.ToString(ToArray());
}
