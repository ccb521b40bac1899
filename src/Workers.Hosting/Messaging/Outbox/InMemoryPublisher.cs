using System.Net.Mime;
using MassTransit;
using MassTransit.Serialization;
using Workers.Hosting.Data;

namespace Workers.Hosting.Messaging.Outbox;

/// <summary>To this process's queues.</summary>
internal sealed class InMemoryPublisher(IBusControl bus) : IOutboxPublisher
{
    private static readonly ContentType Json = new("application/json");

    public Task ReadyAsync(CancellationToken cancellationToken) => bus.WaitForHealthStatus(BusHealthStatus.Healthy, cancellationToken);

    public async Task PublishAsync(OutboxRow row, MessageKind? kind, string? receipt, CancellationToken cancellationToken)
    {
        var endpoint = row.Queue is { } queue
            ? await bus.GetSendEndpoint(new Uri($"exchange:{queue}"))
            : await kind!.PublishEndpointAsync(bus);
        var fill = Pipe.Execute<SendContext<Sent>>(context =>
        {
            context.Serializer = new SavedBody(row.Body);
            context.MessageId = row.MessageId;
            foreach (var (name, value) in Delivery.Headers(row, receipt))
            {
                context.Headers.Set(name, value);
            }
        });
        await endpoint.Send(new Sent(), fill, cancellationToken);
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
