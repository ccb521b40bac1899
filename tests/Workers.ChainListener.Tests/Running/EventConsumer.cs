using System.Collections.Concurrent;
using System.Text.Json;
using Contracts.Messages;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Workers.Hosting.Messaging;

namespace Workers.ChainListener.Tests.Running;

/// <summary>What a consumer on the real bus is left with, handling every message id once.</summary>
internal sealed class EventConsumer : IAsyncDisposable
{
    private readonly IConnection _connection;
    private readonly IChannel _channel;
    private readonly ConcurrentDictionary<string, byte> _handled = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Block, uint Index), int> _standing = new();

    private EventConsumer(IConnection connection, IChannel channel) => (_connection, _channel) = (connection, channel);

    /// <summary>Events that were published and not retracted, with how often.</summary>
    public Dictionary<(string Block, uint Index), int> Standing => _standing.Where(s => s.Value != 0).ToDictionary();

    /// <summary>Messages that came under an id that had come before.</summary>
    public int Duplicates { get; private set; }

    public ulong Watermark { get; private set; }

    public static async Task<EventConsumer> StartAsync(Uri bus, CancellationToken cancellationToken)
    {
        var connection = await new ConnectionFactory { Uri = bus }.CreateConnectionAsync(cancellationToken);
        var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        await channel.BasicQosAsync(0, 100, global: false, cancellationToken);
        var queue = (await channel.QueueDeclareAsync(
            "seen", durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?>(StringComparer.Ordinal) { ["x-queue-type"] = "quorum" }, cancellationToken: cancellationToken)).QueueName;
        foreach (var type in new[] { typeof(ChainEvent), typeof(ChainEventRetracted), typeof(ChainFinalised) })
        {
            var exchange = $"{type.Namespace}:{type.Name}";
            await channel.ExchangeDeclareAsync(exchange, ExchangeType.Fanout, durable: true, cancellationToken: cancellationToken);
            await channel.QueueBindAsync(queue, exchange, string.Empty, cancellationToken: cancellationToken);
        }

        var consumer = new EventConsumer(connection, channel);
        var receiver = new AsyncEventingBasicConsumer(channel);
        receiver.ReceivedAsync += consumer.TakeAsync;
        await channel.BasicConsumeAsync(queue, autoAck: false, receiver, cancellationToken);
        return consumer;
    }

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private async Task TakeAsync(object sender, BasicDeliverEventArgs message)
    {
        if (_handled.TryAdd(message.BasicProperties.MessageId!, 0))
        {
            Handle(message.Exchange, message.Body.Span);
        }
        else
        {
            Duplicates++;
        }

        await _channel.BasicAckAsync(message.DeliveryTag, multiple: false);
    }

    private void Handle(string exchange, ReadOnlySpan<byte> body)
    {
        if (exchange.EndsWith(nameof(ChainEvent), StringComparison.Ordinal))
        {
            Add(JsonSerializer.Deserialize<ChainEvent>(body, MessageJson.Options)!.Position, 1);
        }
        else if (exchange.EndsWith(nameof(ChainEventRetracted), StringComparison.Ordinal))
        {
            Add(JsonSerializer.Deserialize<ChainEventRetracted>(body, MessageJson.Options)!.Position, -1);
        }
        else
        {
            Watermark = Math.Max(Watermark, JsonSerializer.Deserialize<ChainFinalised>(body, MessageJson.Options)!.BlockNumber);
        }
    }

    private void Add(LogPosition position, int count) => _standing.AddOrUpdate((position.BlockHash, position.LogIndex), count, (_, before) => before + count);
}
