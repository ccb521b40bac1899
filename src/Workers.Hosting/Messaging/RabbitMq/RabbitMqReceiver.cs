using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Workers.Hosting.Health;

namespace Workers.Hosting.Messaging.RabbitMq;

/// <summary>
/// Consumes this process's queues on one connection. Whatever ends the connection or one of its channels, all of it is made anew,
/// after a wait that grows; deliveries that were not acknowledged come again and the inbox knows them.
/// </summary>
internal sealed partial class RabbitMqReceiver(
    IReadOnlyList<QueueDefinition> queues,
    IServiceProvider services,
    IOptions<BusOptions> options,
    Outages outages,
    TimeProvider clock,
    ILogger<RabbitMqReceiver> logger) : BackgroundService, IHealthCheck
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string _trouble = "not connected yet";

    /// <summary>Ends when the queues were declared for the first time: before that, what is published may have no taker.</summary>
    public Task Ready => _ready.Task;

    private BusOptions Settings => options.Value;

    private IReadOnlyList<QueueDefinition> Queues => queues;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_trouble.Length == 0 ? HealthCheckResult.Healthy("consuming") : HealthCheckResult.Unhealthy(_trouble));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var failures = 0; ;)
        {
            try
            {
                var attempted = clock.GetUtcNow();
                await using var session = await Session.OpenAsync(this, stoppingToken);
                _trouble = string.Empty;
                outages.Serves(options.Value.Title, attempted);
                if (_ready.TrySetResult())
                {
                    Log.Consuming(logger, queues.Count, options.Value.Host);
                }

                failures = 0;
                _trouble = await session.Ended.WaitAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                _trouble = e.GetBaseException().Message;
            }

            var delay = Backoff.Delay(++failures, TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(15), Random.Shared.NextDouble());
            outages.Failed(options.Value.Title, _trouble);
            await Task.Delay(delay, clock, stoppingToken);
        }
    }

    private async Task HandleAsync(QueueDefinition queue, IChannel channel, BasicDeliverEventArgs arrived, CancellationToken stopping)
    {
        try
        {
            await queue.ConsumeAsync(services, queue, Delivery.From(queue.Name, arrived), stopping);
            await channel.BasicAckAsync(arrived.DeliveryTag, multiple: false, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The process ends; what is not acknowledged comes again.
        }
        catch (RabbitMQ.Client.Exceptions.AlreadyClosedException e)
        {
            Log.NotAcknowledged(logger, queue.Name, e.Message);
        }
    }

    private sealed class Session(IConnection connection) : IAsyncDisposable
    {
        private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly CancellationTokenSource _stopping = new();

        /// <summary>The reason, once the connection or a channel is closed.</summary>
        public Task<string> Ended => _ended.Task;

        public static async Task<Session> OpenAsync(RabbitMqReceiver receiver, CancellationToken cancellationToken)
        {
            var session = new Session(await RabbitMqTopology.Factory(receiver.Settings, "handlers").CreateConnectionAsync(cancellationToken));
            try
            {
                session.Watch();
                foreach (var queue in receiver.Queues)
                {
                    await session.ConsumeAsync(receiver, queue, cancellationToken);
                }

                return session;
            }
            catch
            {
                await session.DisposeAsync();
                throw;
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _stopping.CancelAsync();
            await RabbitMqTopology.DropAsync(connection);
            _stopping.Dispose();
        }

        private void Watch() => connection.ConnectionShutdownAsync += (_, e) => EndAsync(e.ReplyText);

        private Task EndAsync(string reason)
        {
            _ended.TrySetResult(reason);
            return Task.CompletedTask;
        }

        private async Task ConsumeAsync(RabbitMqReceiver receiver, QueueDefinition queue, CancellationToken cancellationToken)
        {
            var settings = receiver.Settings;
            var channel = await connection.CreateChannelAsync(
                new CreateChannelOptions(publisherConfirmationsEnabled: false, publisherConfirmationTrackingEnabled: false, consumerDispatchConcurrency: (ushort)settings.Concurrency),
                cancellationToken);
            channel.ChannelShutdownAsync += (_, e) => EndAsync(e.ReplyText);
            await RabbitMqTopology.DeclareQueueAsync(channel, queue, cancellationToken);
            await channel.BasicQosAsync(0, (ushort)Math.Max(settings.Prefetch, settings.Concurrency), global: false, cancellationToken);
            var consumer = new AsyncEventingBasicConsumer(channel);
            var stopping = _stopping.Token;
            consumer.ReceivedAsync += (_, arrived) => receiver.HandleAsync(queue, channel, arrived, stopping);
            consumer.UnregisteredAsync += (_, _) => EndAsync($"the broker cancelled the consumer of {queue.Name}");
            await channel.BasicConsumeAsync(queue.Name, autoAck: false, consumer, cancellationToken);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Consuming {Count} queues on {Host}")]
        public static partial void Consuming(ILogger logger, int count, string host);

        [LoggerMessage(Level = LogLevel.Debug, Message = "{Queue}: handled but not acknowledged, it will come again: {Reason}")]
        public static partial void NotAcknowledged(ILogger logger, string queue, string reason);
    }
}
