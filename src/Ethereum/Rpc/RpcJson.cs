using System.Numerics;
using System.Text.Json;

namespace Ethereum.Rpc;

/// <summary>Reads the values of the Ethereum JSON-RPC specification, without copies.</summary>
internal static class RpcJson
{
    public static void Expect(ref Utf8JsonReader reader, JsonTokenType type)
    {
        if (reader.TokenType != type)
        {
            throw new JsonException($"{type} expected where {reader.TokenType} stands");
        }
    }

    public static ulong UInt64(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.String);
        return Hex.TryQuantity(reader.ValueSpan, out ulong value) ? value : throw Malformed("a quantity of at most 64 bits");
    }

    public static int Int32(ref Utf8JsonReader reader) =>
        UInt64(ref reader) is var value and <= int.MaxValue ? (int)value : throw Malformed("a quantity of at most 31 bits");

    public static BigInteger BigInteger(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.String);
        return Hex.TryQuantity(reader.ValueSpan, out BigInteger value) ? value : throw Malformed("a quantity of at most 256 bits");
    }

    public static Hash32 Hash32(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.String);
        return Ethereum.Hash32.TryParse(reader.ValueSpan, out var value) ? value : throw Malformed("32 bytes");
    }

    public static Hash32? OptionalHash32(ref Utf8JsonReader reader) => reader.TokenType == JsonTokenType.Null ? null : Hash32(ref reader);

    public static Address Address(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.String);
        return Ethereum.Address.TryParse(reader.ValueSpan, out var value) ? value : throw Malformed("an address");
    }

    public static Address? OptionalAddress(ref Utf8JsonReader reader) => reader.TokenType == JsonTokenType.Null ? null : Address(ref reader);

    public static byte[] Bytes(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.String);
        var text = reader.ValueSpan;
        if (text.Length < 2 || text.Length % 2 != 0)
        {
            throw Malformed("0x and whole bytes");
        }

        var bytes = text.Length == 2 ? [] : GC.AllocateUninitializedArray<byte>((text.Length / 2) - 1);
        return Hex.TryParse(text, bytes) ? bytes : throw Malformed("0x and whole bytes");
    }

    public static List<T> List<T>(ref Utf8JsonReader reader, ResultParser<T> element)
    {
        var list = new List<T>();
        Expect(ref reader, JsonTokenType.StartArray);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            list.Add(element(ref reader));
        }

        return list;
    }

    public static JsonException Malformed(string expected) => new($"{expected} expected");
}
