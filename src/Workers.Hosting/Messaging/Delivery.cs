using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MassTransit;
using Workers.Hosting.Data;

namespace Workers.Hosting.Messaging;

/// <summary>A message as it came from the bus, before anybody looked into its body.</summary>
/// <param name="MessageId">Of the sender; without one, derived from the body, so that the same body is handled once.</param>
/// <param name="MessageType">Full name of the type that the sender says it is.</param>
/// <param name="Failures">How often this queue's handler failed on it before.</param>
/// <param name="Deferrals">How often this queue put it back before, failures included.</param>
/// <param name="DeferredSince">When this queue first put it back.</param>
internal sealed record Delivery(
    string Queue,
    Guid MessageId,
    string? MessageType,
    string CorrelationId,
    ReadOnlyMemory<byte> Body,
    int Failures,
    int Deferrals,
    DateTimeOffset? DeferredSince)
{
    public const string TypeHeader = "market-type";
    private const string CorrelationHeader = "market-correlation";
    private const string FailuresHeader = "market-failures";
    private const string DeferralsHeader = "market-deferrals";
    private const string SinceHeader = "market-deferred-since";

    /// <summary>As the row would come over a broker.</summary>
    public static Delivery From(string queue, OutboxRow row)
    {
        var headers = Headers(row).ToDictionary(h => h.Name, h => h.Value, StringComparer.Ordinal);
        return From(queue, row.MessageId.ToString(), Encoding.UTF8.GetBytes(row.Body), headers.GetValueOrDefault);
    }

    public static Delivery From(string queue, ReceiveContext arrived)
    {
        var properties = arrived.GetPayload<RabbitMqBasicConsumeContext>().Properties;
        return From(queue, properties.MessageId, arrived.GetBody(), header => properties.Headers?.TryGetValue(header, out var value) == true ? value : null);
    }

    private static Delivery From(string queue, string? messageId, byte[] body, Func<string, object?> header)
    {
        var id = Guid.TryParse(messageId, out var guid) ? guid
            : new Guid(SHA256.HashData(string.IsNullOrEmpty(messageId) ? body : Encoding.UTF8.GetBytes(messageId)).AsSpan(0, 16));
        return new Delivery(
            queue,
            id,
            Text(TypeHeader),
            Text(CorrelationHeader) ?? id.ToString("N"),
            body,
            Number(FailuresHeader),
            Number(DeferralsHeader),
            DateTimeOffset.TryParse(Text(SinceHeader), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var since) ? since : null);

        string? Text(string name) => header(name) switch
        {
            byte[] utf8 => Encoding.UTF8.GetString(utf8),
            var other => Convert.ToString(other, CultureInfo.InvariantCulture) is { Length: > 0 } text ? text : null,
        };

        int Number(string name) => int.TryParse(Text(name), CultureInfo.InvariantCulture, out var number) && number > 0 ? number : 0;
    }

    /// <summary>The headers under which a row goes to the bus; <see cref="From"/> reads them.</summary>
    public static IEnumerable<(string Name, string Value)> Headers(OutboxRow row)
    {
        (string Name, string? Value)[] all =
        [
            (TypeHeader, row.MessageType.Length > 0 ? row.MessageType : null),
            (CorrelationHeader, row.CorrelationId),
            (FailuresHeader, row.Queue is null ? null : row.Failures.ToString(CultureInfo.InvariantCulture)),
            (DeferralsHeader, row.Queue is null ? null : row.Deferrals.ToString(CultureInfo.InvariantCulture)),
            (SinceHeader, row.DeferredSince?.ToString("O")),
        ];
        return all.Where(h => h.Value is not null).Select(h => (h.Name, h.Value!));
    }

    /// <summary>Reads the body as the one type that this queue takes.</summary>
    /// <exception cref="RejectedException">It is another type, or not what that type says.</exception>
    public T Read<T>()
        where T : class
    {
        if (MessageType is not null && !string.Equals(MessageType, typeof(T).FullName, StringComparison.Ordinal))
        {
            throw new RejectedException($"The message is a {MessageType}, but {Queue} takes {typeof(T).FullName}. Find out who sent it there, then discard it.");
        }

        try
        {
            return JsonSerializer.Deserialize<T>(Body.Span, MessageJson.Options)
                ?? throw new RejectedException($"The body is the JSON value null, not a {typeof(T).FullName}.");
        }
        catch (JsonException e)
        {
            throw new RejectedException($"The body is not a {typeof(T).FullName} in JSON: {e.Message} Its sender has to be corrected; then discard it.", e);
        }
    }
}
