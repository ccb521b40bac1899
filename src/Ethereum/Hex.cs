using System.Globalization;
using System.Numerics;

namespace Ethereum;

/// <summary>Hexadecimal text as the Ethereum JSON-RPC specification writes it: <c>DATA</c> (0x and whole bytes) and <c>QUANTITY</c> (0x and no leading zeros).</summary>
public static class Hex
{
    /// <summary>Writes bytes as DATA: 0x and two lower-case digits per byte; no bytes are <c>0x</c>.</summary>
    public static string ToString(ReadOnlySpan<byte> bytes)
    {
        var length = 2 + (2 * bytes.Length);
        return string.Create(length, bytes, static (text, source) =>
        {
            text[0] = '0';
            text[1] = 'x';
            Convert.TryToHexStringLower(source, text[2..], out _);
        });
    }

    /// <summary>Reads DATA: whole bytes, either case, with or without 0x.</summary>
    /// <exception cref="FormatException">An odd number of digits, or a character that is not a hexadecimal digit.</exception>
    public static byte[] Parse(ReadOnlySpan<char> text)
    {
        var digits = Digits(text);
        if (digits.Length % 2 != 0)
        {
            throw new FormatException($"Hexadecimal data has an odd number of digits ({digits.Length}); bytes have two digits each.");
        }

        // The platform's own exception may carry the text, and this text may be a key.
        var bytes = new byte[digits.Length / 2];
        return Convert.FromHexString(digits, bytes, out _, out _) == System.Buffers.OperationStatus.Done
            ? bytes
            : throw new FormatException("Hexadecimal data holds a character that is not a hexadecimal digit.");
    }

    /// <summary>Fills <paramref name="destination"/> exactly; false when the text has another length or is not hexadecimal. Never throws.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, Span<byte> destination)
    {
        var digits = Digits(text);
        return digits.Length == 2 * destination.Length
            && Convert.FromHexString(digits, destination, out _, out _) == System.Buffers.OperationStatus.Done;
    }

    /// <summary>As <see cref="TryParse(ReadOnlySpan{char}, Span{byte})"/>, from UTF-8; 0x is required, as in JSON-RPC.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, Span<byte> destination) =>
        utf8.Length == 2 + (2 * destination.Length)
        && utf8.StartsWith("0x"u8)
        && Convert.FromHexString(utf8[2..], destination, out _, out _) == System.Buffers.OperationStatus.Done;

    /// <summary>Writes a QUANTITY: 0x and no leading zeros; zero is <c>0x0</c>.</summary>
    public static string Quantity(ulong value) => "0x" + value.ToString("x", CultureInfo.InvariantCulture);

    /// <inheritdoc cref="Quantity(ulong)"/>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public static string Quantity(BigInteger value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        var digits = value.ToString("x", CultureInfo.InvariantCulture).TrimStart('0');
        return digits.Length == 0 ? "0x0" : "0x" + digits;
    }

    /// <summary>Reads a QUANTITY that fits 64 bits. Leading zeros are accepted, since some nodes write them.</summary>
    public static bool TryQuantity(ReadOnlySpan<byte> utf8, out ulong value)
    {
        value = 0;
        if (utf8.Length is < 3 or > 66 || !utf8.StartsWith("0x"u8))
        {
            return false;
        }

        foreach (var c in utf8[2..])
        {
            if (!char.IsAsciiHexDigit((char)c) || value >> 60 != 0)
            {
                return false;
            }

            value = (value << 4) | (uint)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
        }

        return true;
    }

    /// <summary>Reads a QUANTITY of at most 256 bits.</summary>
    public static bool TryQuantity(ReadOnlySpan<byte> utf8, out BigInteger value)
    {
        value = default;
        return utf8.Length is >= 3 and <= 66
            && utf8.StartsWith("0x"u8)
            && BigInteger.TryParse("0" + System.Text.Encoding.ASCII.GetString(utf8[2..]), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }

    private static ReadOnlySpan<char> Digits(ReadOnlySpan<char> text) =>
        text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text[2..] : text;
}
