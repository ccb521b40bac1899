using System.Numerics;

namespace ContentStore;

/// <summary>The two alphabets of CIDs: base32 lower-case without padding (RFC 4648 §6) and base58btc.</summary>
internal static class Multibase
{
    private const string Base32 = "abcdefghijklmnopqrstuvwxyz234567";
    private const string Base58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

    public static string EncodeBase32(ReadOnlySpan<byte> bytes)
    {
        var text = new char[(bytes.Length * 8 + 4) / 5];
        int buffer = 0, bits = 0, at = 0;
        foreach (var b in bytes)
        {
            buffer = (buffer << 8 | b) & 0xFFFF;
            for (bits += 8; bits >= 5; bits -= 5)
            {
                text[at++] = Base32[buffer >> (bits - 5) & 31];
            }
        }

        if (bits > 0)
        {
            text[at] = Base32[buffer << (5 - bits) & 31];
        }

        return new string(text);
    }

    /// <summary>Strict: the alphabet alone, exactly as many digits as the bytes need, and zero bits at the end.</summary>
    public static bool TryDecodeBase32(ReadOnlySpan<char> text, Span<byte> bytes)
    {
        if (text.Length != (bytes.Length * 8 + 4) / 5)
        {
            return false;
        }

        int buffer = 0, bits = 0, at = 0;
        foreach (var c in text)
        {
            var digit = Base32.IndexOf(c, StringComparison.Ordinal);
            if (digit < 0)
            {
                return false;
            }

            buffer = (buffer << 5 | digit) & 0xFFFF;
            bits += 5;
            if (bits >= 8)
            {
                bits -= 8;
                bytes[at++] = (byte)(buffer >> bits);
            }
        }

        return (buffer & ((1 << bits) - 1)) == 0;
    }

    /// <summary>Big-endian number in base 58; false when the value does not have exactly the span's length (no leading zero bytes).</summary>
    public static bool TryDecodeBase58(ReadOnlySpan<char> text, Span<byte> bytes)
    {
        var value = BigInteger.Zero;
        foreach (var c in text)
        {
            var digit = Base58.IndexOf(c, StringComparison.Ordinal);
            if (digit < 0)
            {
                return false;
            }

            value = value * 58 + digit;
        }

        return value.GetByteCount(isUnsigned: true) == bytes.Length && value.TryWriteBytes(bytes, out _, isUnsigned: true, isBigEndian: true);
    }
}
