using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Ethereum;

/// <summary>The 20-byte address of an account or a contract.</summary>
public readonly record struct Address : IParsable<Address>
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 20;

    private readonly ulong _a, _b;
    private readonly uint _c;

    /// <summary>Copies exactly 20 bytes.</summary>
    /// <exception cref="ArgumentException">Another length.</exception>
    public Address(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException($"An address has 20 bytes, not {bytes.Length}.", nameof(bytes));
        }

        _a = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _b = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        _c = BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]);
    }

    /// <summary>The zero address, which nobody owns.</summary>
    public static Address Zero => default;

    /// <summary>Whether this is the zero address.</summary>
    public bool IsZero => (_a | _b | _c) == 0;

    /// <summary>Reads 40 hexadecimal digits, with or without 0x. Mixed case must be the EIP-55 checksum.</summary>
    /// <exception cref="FormatException">Not an address, or the checksum says that it was mistyped.</exception>
    public static Address Parse(string s) =>
        TryParse(s, null, out var value)
            ? value
            : throw new FormatException($"'{Shorten(s)}' is not an address: 40 hexadecimal digits, and in mixed case only with the right EIP-55 checksum.");

    static Address IParsable<Address>.Parse(string s, IFormatProvider? provider) => Parse(s);

    /// <summary>As <see cref="Parse"/>, without an exception.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Address result)
    {
        Span<byte> bytes = stackalloc byte[Size];
        result = default;
        if (!Hex.TryParse(s.AsSpan(), bytes))
        {
            return false;
        }

        var address = new Address(bytes);
        var digits = s.AsSpan(s!.Length - (2 * Size));
        var mixed = digits.ContainsAnyInRange('a', 'f') && digits.ContainsAnyInRange('A', 'F');
        if (mixed && !digits.SequenceEqual(address.ToChecksumString().AsSpan(2)))
        {
            return false;
        }

        result = address;
        return true;
    }

    /// <summary>Reads 0x and 40 digits of UTF-8, as a node writes them; the checksum is not looked at.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out Address result)
    {
        Span<byte> bytes = stackalloc byte[Size];
        var read = Hex.TryParse(utf8, bytes);
        result = read ? new Address(bytes) : default;
        return read;
    }

    /// <summary>Writes the 20 bytes to the start of <paramref name="destination"/>.</summary>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _a);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _b);
        BinaryPrimitives.WriteUInt32BigEndian(destination[16..], _c);
    }

    /// <summary>A new array of the 20 bytes.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>The address as a log topic: 12 zero bytes, then the address.</summary>
    public Hash32 ToTopic()
    {
        Span<byte> word = stackalloc byte[Hash32.Size];
        word.Clear();
        CopyTo(word[12..]);
        return new Hash32(word);
    }

    /// <summary>0x and 40 lower-case digits.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        return Hex.ToString(bytes);
    }

    /// <summary>0x and 40 digits in the mixed case of EIP-55: a letter is upper-case where the hash of the lower-case digits has a nibble of 8 or more.</summary>
    public string ToChecksumString()
    {
        Span<char> text = stackalloc char[2 + (2 * Size)];
        ToString().CopyTo(text);
        Span<byte> ascii = stackalloc byte[2 * Size];
        Encoding.ASCII.GetBytes(text[2..], ascii);
        Span<byte> hash = stackalloc byte[Hash32.Size];
        Keccak256.Hash(ascii, hash);
        for (var i = 0; i < 2 * Size; i++)
        {
            var nibble = i % 2 == 0 ? hash[i / 2] >> 4 : hash[i / 2] & 0xf;
            if (nibble >= 8)
            {
                text[2 + i] = char.ToUpperInvariant(text[2 + i]);
            }
        }

        return new string(text);
    }

    private static string Shorten(string? s) => s is null ? "" : s.Length <= 64 ? s : s[..64] + "…";
}
