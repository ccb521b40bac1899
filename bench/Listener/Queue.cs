using RabbitMQ.Client;

namespace Listener;

/// <summary>A quorum queue on the broker.</summary>
internal sealed class Queue : IAsyncDisposable
{
    private readonly IConnection _connection;
    private readonly IChannel _channel;

    private Queue(IConnection connection, IChannel channel) => (_connection, _channel) = (connection, channel);

    /// <summary>Everything that comes to these exchanges goes into one queue.</summary>
    public static async Task<Queue> DeclareAsync(Uri bus, params string[] exchanges)
    {
        var connection = await new ConnectionFactory { Uri = bus }.CreateConnectionAsync();
        var channel = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        await channel.QueueDeclareAsync("all", durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?>(StringComparer.Ordinal) { ["x-queue-type"] = "quorum" });
        foreach (var exchange in exchanges)
        {
            await channel.ExchangeDeclareAsync(exchange, ExchangeType.Fanout, durable: true);
            await channel.QueueBindAsync("all", exchange, string.Empty);
        }

        return new Queue(connection, channel);
    }

    /// <summary>Until so many messages are in it.</summary>
    public async Task WaitForAsync(uint messages)
    {
        while (await _channel.MessageCountAsync("all") < messages)
        {
            await Task.Delay(50);
        }
    }

    public async Task<byte[]> TakeOneAsync() => (await _channel.BasicGetAsync("all", autoAck: false))!.Body.ToArray();

    /// <summary>Publishes as fast as the client can: persistent, mandatory, so many waiting for their confirmation.</summary>
    public async Task PublishAsync(ReadOnlyMemory<byte> body, int count, int inFlight)
    {
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, inFlight).Select(async _ =>
        {
            var properties = new BasicProperties { Persistent = true, ContentType = "application/json" };
            while (Interlocked.Increment(ref next) <= count)
            {
                properties.MessageId = Guid.NewGuid().ToString();
                await _channel.BasicPublishAsync(string.Empty, "all", mandatory: true, properties, body);
            }
        }));
    }

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
