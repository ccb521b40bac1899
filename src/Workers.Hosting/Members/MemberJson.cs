using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ethereum;

namespace Workers.Hosting.Members;

/// <summary>How statements are written in envelopes, documents and messages. What others wrote is read strictly: nothing unknown, nothing twice, nothing missing, not deep.</summary>
public static class MemberJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        NumberHandling = JsonNumberHandling.Strict,
        MaxDepth = 8,
        Converters = { new TextConverter<Address>(Address.Parse), new TextConverter<Hash32>(Hash32.Parse), new TextConverter<BigInteger>(Natural), new JsonStringEnumConverter(allowIntegerValues: false) },
    };

    /// <summary>UTF-8.</summary>
    public static byte[] Write<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, Options);

    /// <summary>Reads what somebody else wrote.</summary>
    /// <exception cref="FormatException">It is no such thing; the message shows nothing of it.</exception>
    public static T Read<T>(ReadOnlySpan<byte> utf8)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(utf8, Options) ?? throw Malformed<T>();
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or ArgumentException)
        {
            throw Malformed<T>();
        }
    }

    private static FormatException Malformed<T>() => new($"It is no {typeof(T).Name} in JSON: something is unknown, missing, twice or not of its type.");

    private static BigInteger Natural(string text) =>
        text.Length is > 0 and <= 78 && BigInteger.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new FormatException("A whole number in decimal.");

    private sealed class TextConverter<T>(Func<string, T> parse) : JsonConverter<T>
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            try
            {
                return reader.TokenType == JsonTokenType.String ? parse(reader.GetString()!) : throw new JsonException();
            }
            catch (FormatException)
            {
                throw new JsonException();
            }
        }

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value!.ToString());
    }
}
