using System.Threading.Channels;
using Microsoft.Extensions.Options;
using Workers.Hosting.Data;
using Workers.Hosting.Messaging.Outbox;

namespace Workers.Hosting.Messaging;

/// <summary>
/// Carries messages to this process's queues. It holds nothing that is not in an outbox: a row is settled when every queue that takes
/// its message has dealt with it, so a slow handler delays nobody and a kill loses nothing.
/// </summary>
internal sealed partial class InMemoryBus(
    IReadOnlyList<QueueDefinition> queues,
    IServiceProvider services,
    IOptions<BusOptions> options,
    ILogger<InMemoryBus> logger) : BackgroundService, IOutboxPublisher
{
    private readonly Dictionary<string, Channel<Item>> _channels = queues.ToDictionary(q => q.Name, _ => Channel.CreateUnbounded<Item>(), StringComparer.Ordinal);

    public Task ReadyAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>All queues of an organisation are in this process, so a message that none of them takes is let go.</summary>
    public Task PublishAsync(OutboxRow row, MessageKind? kind, Action settled, CancellationToken cancellationToken)
    {
        var takers = row.Queue is { } only
            ? queues.Where(q => string.Equals(q.Name, only, StringComparison.Ordinal)).ToArray()
            : queues.Where(q => q.Types.Contains(kind!.Type)).ToArray();
        if (takers.Length == 0)
        {
            settled();
        }

        var receipt = new Receipt(takers.Length, settled);
        foreach (var queue in takers)
        {
            _channels[queue.Name].Writer.TryWrite(new Item(Delivery.From(queue.Name, row), receipt));
        }

        return Task.CompletedTask;
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(queues.SelectMany(queue => Enumerable.Range(0, options.Value.Concurrency).Select(_ => ConsumeAsync(queue, stoppingToken))));

    private async Task ConsumeAsync(QueueDefinition queue, CancellationToken stopping)
    {
        await foreach (var (delivery, receipt) in _channels[queue.Name].Reader.ReadAllAsync(stopping))
        {
            try
            {
                await queue.ConsumeAsync(services, queue, delivery, stopping);
                receipt.Settle();
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                Log.Unsettled(logger, e, queue.Name);
            }
        }
    }

    private sealed record Item(Delivery Delivery, Receipt Receipt);

    private sealed class Receipt(int queues, Action settled)
    {
        private int _left = queues;

        public void Settle()
        {
            if (Interlocked.Decrement(ref _left) == 0)
            {
                settled();
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "A message of {Queue} was not dealt with; it comes again at the next start")]
        public static partial void Unsettled(ILogger logger, Exception exception, string queue);
    }
}
