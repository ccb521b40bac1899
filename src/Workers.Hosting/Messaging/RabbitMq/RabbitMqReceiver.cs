using MassTransit;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Workers.Hosting.Health;

namespace Workers.Hosting.Messaging.RabbitMq;

/// <summary>
/// Consumes this process's queues in one session: a quorum queue per handler, bound to a fanout exchange per message type, named
/// <c>Namespace:Type</c>. When the session ends another is opened, after a wait that grows; deliveries that were not acknowledged
/// come again and the inbox knows them.
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

    public static string ExchangeOf(Type type) => $"{type.Namespace}:{type.FullName![(type.Namespace!.Length + 1)..].Replace('+', '-')}";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_trouble.Length == 0 ? HealthCheckResult.Healthy("consuming") : HealthCheckResult.Unhealthy(_trouble));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var failures = 0; ;)
        {
            var attempted = clock.GetUtcNow();
            try
            {
                await using var session = await BusSession.OpenAsync(options.Value, "handlers", AddEndpoints, stoppingToken);
                _trouble = string.Empty;
                outages.Serves(options.Value.Title, attempted);
                if (_ready.TrySetResult())
                {
                    Log.Consuming(logger, queues.Count, options.Value.Host);
                }

                failures = 0;
                _trouble = await session.Ended.WaitAsync(stoppingToken);
                attempted = clock.GetUtcNow();
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                _trouble = e.GetBaseException().Message;
            }

            var delay = Backoff.Delay(++failures, TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(15), Random.Shared.NextDouble());
            outages.Failed(options.Value.Title, attempted, _trouble);
            await Task.Delay(delay, clock, stoppingToken);
        }
    }

    private void AddEndpoints(IRabbitMqBusFactoryConfigurator rabbit, CancellationToken over)
    {
        foreach (var queue in queues)
        {
            rabbit.ReceiveEndpoint(queue.Name, endpoint =>
            {
                endpoint.SetQuorumQueue();
                endpoint.ConfigureConsumeTopology = false;
                endpoint.ConcurrentMessageLimit = options.Value.Concurrency;
                endpoint.PrefetchCount = Math.Max(options.Value.Prefetch, options.Value.Concurrency);
                endpoint.ConfigureReceive(pipe => pipe.UseFilter(new Consumer(queue, services, clock, logger, over)));
                foreach (var type in queue.Types)
                {
                    endpoint.Bind(ExchangeOf(type));
                }
            });
        }
    }

    /// <summary>
    /// The end of MassTransit's way, before it looks into the body: returning acknowledges, throwing hands the message back to its queue.
    /// </summary>
    private sealed class Consumer(QueueDefinition queue, IServiceProvider services, TimeProvider clock, ILogger logger, CancellationToken over) : IFilter<ReceiveContext>
    {
        private static readonly TimeSpan Breath = TimeSpan.FromSeconds(1);

        public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
        {
            try
            {
                await queue.ConsumeAsync(services, queue, Delivery.From(queue.Name, context), over);
            }
            catch (Exception e) when (!over.IsCancellationRequested)
            {
                Log.Unsettled(logger, e, queue.Name);
                await Task.Delay(Breath, clock, over);
                throw;
            }
        }

        public void Probe(ProbeContext context) => context.CreateFilterScope("handle");
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Consuming {Count} queues on {Host}")]
        public static partial void Consuming(ILogger logger, int count, string host);

        [LoggerMessage(Level = LogLevel.Error, Message = "{Queue}: a message could be neither handled nor put aside and goes back to the queue")]
        public static partial void Unsettled(ILogger logger, Exception exception, string queue);
    }
}
