using System.Text;
using System.Text.Json;
using Ethereum;

namespace Workers.Hosting.Formats;

/// <summary>
/// Reads a document whose properties come in one order, so that nothing can stand twice or be missing unseen, at constant memory. What
/// breaks a rule is a <see cref="FormatException"/>, or a <see cref="JsonException"/> from the reader; neither shows any value.
/// </summary>
public ref struct StrictJson(ReadOnlySpan<byte> utf8, int maxDepth)
{
    /// <summary>Longest number in characters; every 64-bit number's shortest form is shorter.</summary>
    private const int MaxNumberLength = 32;

    private Utf8JsonReader _reader = new(utf8, new JsonReaderOptions { MaxDepth = maxDepth });

    /// <summary>Takes the next token, which must be of this kind.</summary>
    public void Take(JsonTokenType kind, string what)
    {
        if (!TryTake(kind))
        {
            throw new FormatException($"{what} is a {_reader.TokenType} where a {kind} belongs");
        }
    }

    /// <summary>Takes the next token and says whether it is of this kind; the end of the text is of none.</summary>
    public bool TryTake(JsonTokenType kind) => _reader.Read() && _reader.TokenType == kind;

    /// <summary>Takes the name of the next property, which must be this one.</summary>
    public void Name(string name)
    {
        Take(JsonTokenType.PropertyName, $"what comes in place of the property '{name}'");
        if (!_reader.ValueTextEquals(name))
        {
            throw new FormatException($"another property stands where '{name}' belongs, or one stands twice");
        }
    }

    /// <summary>Takes a whole number from 0 to 253,402,300,799: also every second until the end of the year 9999.</summary>
    public long Whole(string what)
    {
        Take(JsonTokenType.Number, what);
        return IsShort() && _reader.TryGetInt64(out var value) && value is >= 0 and <= MaxUnixSeconds
            ? value
            : throw new FormatException($"{what} is no whole number from 0 to {MaxUnixSeconds}");
    }

    /// <summary>The last second that a <see cref="DateTimeOffset"/> has.</summary>
    public const long MaxUnixSeconds = 253_402_300_799;

    /// <summary>Takes a number of double precision; a larger one is infinite.</summary>
    public double Number(string what)
    {
        Take(JsonTokenType.Number, what);
        return IsShort() && _reader.TryGetDouble(out var value)
            ? value
            : throw new FormatException($"{what} is no number of at most {MaxNumberLength} characters");
    }

    /// <summary>Takes bytes written as 0x and two digits each.</summary>
    public byte[] Hexadecimal(string what, int length)
    {
        Take(JsonTokenType.String, what);
        var bytes = new byte[length];
        return !_reader.ValueIsEscaped && Hex.TryParse(_reader.ValueSpan, bytes)
            ? bytes
            : throw new FormatException($"{what} is not {length} bytes as 0x and two digits each");
    }

    /// <summary>Takes ASCII text that is written without escapes.</summary>
    public string Text(string what, int maxLength)
    {
        Take(JsonTokenType.String, what);
        return !_reader.ValueIsEscaped && _reader.ValueSpan.Length <= maxLength && Ascii.IsValid(_reader.ValueSpan)
            ? Encoding.ASCII.GetString(_reader.ValueSpan)
            : throw new FormatException($"{what} is not at most {maxLength} characters of plain ASCII");
    }

    /// <summary>Takes bytes written in base64 (RFC 4648, section 4).</summary>
    public byte[] Base64(string what)
    {
        Take(JsonTokenType.String, what);
        return !_reader.ValueIsEscaped && _reader.TryGetBytesFromBase64(out var bytes)
            ? bytes
            : throw new FormatException($"{what} is not base64");
    }

    /// <summary>Refuses anything behind the document.</summary>
    public void End()
    {
        Take(JsonTokenType.EndObject, "what comes after the last property");
        if (_reader.Read())
        {
            throw new FormatException("something follows the document");
        }
    }

    /// <summary>Whether the token that was taken is the end of an array; else it must be the start of what the array holds.</summary>
    public bool EndsOrStarts(JsonTokenType start, string what)
    {
        if (!_reader.Read() || (_reader.TokenType != JsonTokenType.EndArray && _reader.TokenType != start))
        {
            throw new FormatException($"{what} is a {_reader.TokenType} where a {start} belongs");
        }

        return _reader.TokenType == JsonTokenType.EndArray;
    }

    private readonly bool IsShort() => _reader.ValueSpan.Length <= MaxNumberLength;
}
