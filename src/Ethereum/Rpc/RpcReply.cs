using System.Text.Json;

namespace Ethereum.Rpc;

/// <summary>Reads the answer to one call or to a batch, strictly: every id once, a result or an error each, nothing else.</summary>
internal readonly struct RpcReply<T>(string endpoint, string method, long firstId, ResultParser<T> parse)
{
    /// <summary>Fills <paramref name="results"/> from a whole HTTP answer.</summary>
    /// <exception cref="RpcException">The answer is an error, or is not an answer to these calls.</exception>
    public void Read(ReadOnlySpan<byte> answer, Span<T> results, bool batch)
    {
        try
        {
            var reader = new Utf8JsonReader(answer, new JsonReaderOptions { MaxDepth = 64 });
            reader.Read();
            if (batch && reader.TokenType == JsonTokenType.StartArray)
            {
                ReadBatch(ref reader, results);
            }
            else
            {
                // An endpoint that refuses a whole batch answers with one error.
                var index = ReadOne(ref reader, results, batchRefused: batch);
                if (batch || index < 0)
                {
                    throw Protocol("one answer for a batch");
                }
            }

            if (reader.Read())
            {
                throw Protocol("text after the answer");
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            var html = answer.TrimStart(" \t\r\n"u8).StartsWith("<"u8);
            throw new RpcProtocolException(endpoint, method, html ? "the answer is HTML, not JSON (a proxy or the wrong address?)" : $"the answer is malformed or cut off: {e.Message}", e);
        }
    }

    private void ReadBatch(ref Utf8JsonReader reader, Span<T> results)
    {
        Span<bool> seen = results.Length <= 256 ? stackalloc bool[results.Length] : new bool[results.Length];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var index = ReadOne(ref reader, results, batchRefused: false);
            if (seen[index])
            {
                throw Protocol($"two answers have the id {firstId + index}");
            }

            seen[index] = true;
        }

        var missing = seen.IndexOf(false);
        if (missing >= 0)
        {
            throw Protocol($"the batch has no answer for id {firstId + missing}");
        }
    }

    private int ReadOne(ref Utf8JsonReader reader, Span<T> results, bool batchRefused)
    {
        long? id = null;
        T result = default!;
        RpcErrorException? error = null;
        var hasResult = false;
        RpcJson.Expect(ref reader, JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (reader.ValueTextEquals("id"u8))
            {
                reader.Read();
                id = reader.TokenType == JsonTokenType.Number ? reader.GetInt64() : null;
            }
            else if (reader.ValueTextEquals("result"u8))
            {
                reader.Read();
                result = parse(ref reader);
                hasResult = true;
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                reader.Read();
                error = reader.TokenType == JsonTokenType.Null ? null : ReadError(ref reader);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        // JSON-RPC 2.0, section 5: an error that concerns no known call has the id null.
        if (error is not null && (id is null || batchRefused))
        {
            throw error;
        }

        if (id is null || id < firstId || id >= firstId + results.Length)
        {
            throw Protocol($"the answer has the id {id?.ToString() ?? "null"}, which was not asked for ({firstId} was)");
        }

        if (error is not null)
        {
            throw error;
        }

        if (!hasResult)
        {
            throw Protocol("the answer has neither a result nor an error");
        }

        var index = (int)(id.Value - firstId);
        results[index] = result;
        return index;
    }

    private RpcErrorException ReadError(ref Utf8JsonReader reader)
    {
        var (code, message, data) = (0L, "", default(byte[]));
        RpcJson.Expect(ref reader, JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (reader.ValueTextEquals("code"u8))
            {
                reader.Read();
                code = reader.GetInt64();
            }
            else if (reader.ValueTextEquals("message"u8))
            {
                reader.Read();
                message = reader.GetString() ?? "";
            }
            else if (reader.ValueTextEquals("data"u8))
            {
                reader.Read();
                data = ReadRevertData(ref reader);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        message = new string([.. message.Take(512).Select(c => char.IsControl(c) ? ' ' : c)]);
        return new RpcErrorException(endpoint, method, code, message, data);
    }

    // Nodes put the bytes into data itself, into data.data, or after the word "Reverted".
    private static byte[]? ReadRevertData(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            byte[]? inner = null;
            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                var isData = reader.ValueTextEquals("data"u8);
                reader.Read();
                if (isData && reader.TokenType == JsonTokenType.String)
                {
                    inner = ReadRevertData(ref reader);
                }
                else
                {
                    reader.Skip();
                }
            }

            return inner;
        }

        if (reader.TokenType != JsonTokenType.String)
        {
            reader.Skip();
            return null;
        }

        var text = reader.GetString()!;
        var start = text.IndexOf("0x", StringComparison.Ordinal);
        var bytes = start < 0 ? [] : new byte[(text.Length - start - 2) / 2];
        return start >= 0 && Hex.TryParse(text.AsSpan(start), bytes) ? bytes : null;
    }

    private RpcProtocolException Protocol(string what) => new(endpoint, method, what);
}
