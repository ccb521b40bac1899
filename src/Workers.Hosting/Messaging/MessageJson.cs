using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ethereum;

namespace Workers.Hosting.Messaging;

/// <summary>How messages are written: plain JSON, strict about what has to be there, lenient about what a newer sender adds.</summary>
public static class MessageJson
{
    /// <summary>
    /// Names as declared, enumerations by name, addresses, hashes and big integers as text. A missing or null value where the
    /// message declares none is an error.
    /// </summary>
    public static JsonSerializerOptions Options { get; } = Build();

    private static JsonSerializerOptions Build()
    {
        var options = new JsonSerializerOptions
        {
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            Converters =
            {
                new JsonStringEnumConverter(),
                new TextConverter<BigInteger>(n => n.ToString(CultureInfo.InvariantCulture), t => BigInteger.Parse(t, CultureInfo.InvariantCulture)),
                new TextConverter<Address>(a => a.ToString(), Address.Parse),
                new TextConverter<Hash32>(h => h.ToString(), Hash32.Parse),
            },
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    private sealed class TextConverter<T>(Func<T, string> write, Func<string, T> read) : JsonConverter<T>
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var text = reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new JsonException();
            try
            {
                return read(text);
            }
            catch (FormatException e)
            {
                throw new JsonException(e.Message, e);
            }
        }

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(write(value));
    }
}
