using System.Globalization;
using System.Net.Mime;
using MassTransit;
using MassTransit.Serialization;
using Workers.Hosting.Data;

namespace Workers.Hosting.Messaging.Outbox;

/// <summary>Hands an outbox row to the bus as it is: the saved JSON is the body, what is known about it are headers.</summary>
internal sealed class BusPublisher(IBus bus)
{
    private static readonly ContentType Json = new("application/json");

    /// <summary>Returns once the broker has confirmed it.</summary>
    /// <param name="kind">Its type; null for a row that goes to one queue.</param>
    /// <exception cref="RabbitMqTransport.MessageReturnedException">No queue takes it.</exception>
    public async Task PublishAsync(OutboxRow row, MessageKind? kind, string? receipt, CancellationToken cancellationToken)
    {
        // A queue's own exchange: "queue:" would declare the queue again, with other arguments.
        var endpoint = row.Queue is { } queue
            ? await bus.GetSendEndpoint(new Uri($"exchange:{queue}"))
            : await kind!.PublishEndpointAsync(bus);
        await endpoint.Send(new Sent(), Pipe.Execute<SendContext<Sent>>(context => Fill(context, row, kind, receipt)), cancellationToken);
    }

    private static void Fill(SendContext<Sent> context, OutboxRow row, MessageKind? kind, string? receipt)
    {
        context.Serializer = new SavedBody(row.Body);
        context.MessageId = row.MessageId;
        context.Headers.Set(Delivery.CorrelationHeader, row.CorrelationId);
        if (row.MessageType.Length > 0)
        {
            context.Headers.Set(Delivery.TypeHeader, row.MessageType);
        }

        if (row.Queue is not null)
        {
            context.Headers.Set(Delivery.FailuresHeader, row.Failures.ToString(CultureInfo.InvariantCulture));
            context.Headers.Set(Delivery.DeferralsHeader, row.Deferrals.ToString(CultureInfo.InvariantCulture));
            context.Headers.Set(Delivery.SinceHeader, row.DeferredSince?.ToString("O"));
        }

        if (receipt is not null)
        {
            context.Headers.Set(Delivery.ReceiptHeader, receipt);
        }

        if (context.TryGetPayload<RabbitMqSendContext>(out var rabbit))
        {
            rabbit.Mandatory = kind?.Mandatory ?? true;
        }
    }

    /// <summary>What MassTransit believes to send; the body is the row's.</summary>
    internal sealed class Sent;

    private sealed class SavedBody(string body) : IMessageSerializer
    {
        public ContentType ContentType => Json;

        public MessageBody GetMessageBody<T>(SendContext<T> context)
            where T : class => new StringMessageBody(body);
    }
}
