using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using MassTransit;

namespace Workers.Hosting.Messaging;

/// <summary>A message as it came from the bus, before anybody looked into its body.</summary>
/// <param name="MessageId">Of the sender; without one, derived from the body, so that the same body is handled once.</param>
/// <param name="MessageType">Full name of the type that the sender says it is.</param>
/// <param name="Failures">How often this queue's handler failed on it before.</param>
/// <param name="Deferrals">How often this queue put it back before, failures included.</param>
/// <param name="DeferredSince">When this queue first put it back.</param>
/// <param name="Receipt">What an in-memory sender waits for; null on a broker.</param>
internal sealed record Delivery(
    string Queue,
    Guid MessageId,
    string? MessageType,
    string CorrelationId,
    ReadOnlyMemory<byte> Body,
    int Failures,
    int Deferrals,
    DateTimeOffset? DeferredSince,
    string? Receipt)
{
    public const string TypeHeader = "market-type";
    public const string CorrelationHeader = "market-correlation";
    public const string FailuresHeader = "market-failures";
    public const string DeferralsHeader = "market-deferrals";
    public const string SinceHeader = "market-deferred-since";
    public const string ReceiptHeader = "market-receipt";

    public static Delivery From(string queue, ReceiveContext context)
    {
        var body = context.GetBody();
        var id = context.GetMessageId() ?? new Guid(SHA256.HashData(body).AsSpan(0, 16));
        return new Delivery(
            queue,
            id,
            Text(context, TypeHeader),
            Text(context, CorrelationHeader) ?? id.ToString("N"),
            body,
            Number(context, FailuresHeader),
            Number(context, DeferralsHeader),
            DateTimeOffset.TryParse(Text(context, SinceHeader), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var since) ? since : null,
            Text(context, ReceiptHeader));
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

    private static int Number(ReceiveContext context, string header) =>
        int.TryParse(Text(context, header), CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static string? Text(ReceiveContext context, string header) =>
        context.TransportHeaders.TryGetHeader(header, out var value) ? Convert.ToString(value, CultureInfo.InvariantCulture) : null;
}
