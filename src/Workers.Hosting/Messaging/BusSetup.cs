using System.Reflection;
using MassTransit;
using Microsoft.Extensions.Options;
using Workers.Hosting.Messaging.Outbox;
using Workers.Hosting.Messaging.RabbitMq;

namespace Workers.Hosting.Messaging;

/// <summary>
/// The bus with this process's queues: on RabbitMQ our own connections, in memory MassTransit's. Either hands over the raw delivery;
/// reading, handling and failing are ours, so that nothing leaves the bus before the database has it.
/// </summary>
internal static class BusSetup
{
    private static readonly MethodInfo BindMethod = typeof(BusSetup).GetMethod(nameof(BindTo), BindingFlags.NonPublic | BindingFlags.Static)!;

    public static void Add(IServiceCollection services, BusKind kind, IReadOnlyList<QueueDefinition> queues)
    {
        if (kind == BusKind.RabbitMq)
        {
            services.AddSingleton<RabbitMqReceiver>();
            services.AddHostedService(s => s.GetRequiredService<RabbitMqReceiver>());
            services.AddHealthChecks().AddCheck<RabbitMqReceiver>("bus");
            services.AddSingleton<IOutboxPublisher, RabbitMqPublisher>();
            return;
        }

        services.AddSingleton<IOutboxPublisher, InMemoryPublisher>();
        services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.UsingInMemory((context, memory) =>
            {
                var options = context.GetRequiredService<IOptions<BusOptions>>().Value;
                foreach (var queue in queues)
                {
                    memory.ReceiveEndpoint(queue.Name, endpoint =>
                    {
                        endpoint.ConfigureConsumeTopology = false;
                        endpoint.ConcurrentMessageLimit = options.Concurrency;
                        endpoint.PrefetchCount = Math.Max(options.Prefetch, options.Concurrency);
                        endpoint.ConfigureReceive(pipe => pipe.UseFilter(new Receiver(queue, context)));
                        foreach (var type in queue.Types)
                        {
                            BindMethod.MakeGenericMethod(type).Invoke(null, [endpoint]);
                        }
                    });
                }
            });
        });
        services.Configure<MassTransitHostOptions>(o => o.StopTimeout = TimeSpan.FromSeconds(20));
    }

    private static void BindTo<T>(IInMemoryReceiveEndpointConfigurator endpoint)
        where T : class => endpoint.Bind<T>();

    /// <summary>The end of MassTransit's way: returning acknowledges, throwing hands the message back.</summary>
    private sealed class Receiver(QueueDefinition queue, IServiceProvider services) : IFilter<ReceiveContext>
    {
        private readonly CancellationToken _stopping = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        private readonly InMemoryReceipts _receipts = services.GetRequiredService<InMemoryReceipts>();

        public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
        {
            var delivery = Delivery.From(queue.Name, context);
            await queue.ConsumeAsync(services, queue, delivery, _stopping);
            _receipts.Settle(delivery.Receipt);
        }

        public void Probe(ProbeContext context) => context.CreateFilterScope("handle");
    }
}
