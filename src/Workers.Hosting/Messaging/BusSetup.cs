using System.Reflection;
using MassTransit;
using Microsoft.Extensions.Options;
using Workers.Hosting.Messaging.Outbox;

namespace Workers.Hosting.Messaging;

/// <summary>
/// The bus with this process's queues. MassTransit carries bytes and keeps the topology (an exchange per message type, a quorum
/// queue per handler); reading, handling and failing are ours, from the raw delivery on, so that nothing leaves the bus before
/// the database has it.
/// </summary>
internal static class BusSetup
{
    private static readonly MethodInfo BindRabbitMq = Method(nameof(BindToRabbitMq)), BindInMemory = Method(nameof(BindToInMemory));

    public static void Add(IServiceCollection services, BusKind kind, IReadOnlyList<QueueDefinition> queues)
    {
        services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            if (kind == BusKind.RabbitMq)
            {
                bus.UsingRabbitMq((context, rabbit) =>
                {
                    var options = context.GetRequiredService<IOptions<BusOptions>>().Value;
                    ConfigureHost(rabbit, options);
                    foreach (var queue in queues)
                    {
                        rabbit.ReceiveEndpoint(queue.Name, endpoint =>
                        {
                            endpoint.SetQuorumQueue();
                            Configure(endpoint, queue, options, context);
                            BindAll(BindRabbitMq, endpoint, queue);
                        });
                    }
                });
            }
            else
            {
                bus.UsingInMemory((context, memory) =>
                {
                    var options = context.GetRequiredService<IOptions<BusOptions>>().Value;
                    foreach (var queue in queues)
                    {
                        memory.ReceiveEndpoint(queue.Name, endpoint =>
                        {
                            Configure(endpoint, queue, options, context);
                            BindAll(BindInMemory, endpoint, queue);
                        });
                    }
                });
            }
        });
        services.Configure<MassTransitHostOptions>(o => o.StopTimeout = TimeSpan.FromSeconds(20));
    }

    private static void ConfigureHost(IRabbitMqBusFactoryConfigurator rabbit, BusOptions options) =>
        rabbit.Host(options.Host, (ushort)options.Port, options.VirtualHost, host =>
        {
            host.Username(options.UserName);
            host.Password(options.Password);
            host.PublisherConfirmation = true;
            if (options.Tls)
            {
                host.UseSsl();
            }
        });

    private static void Configure(IReceiveEndpointConfigurator endpoint, QueueDefinition queue, BusOptions options, IServiceProvider services)
    {
        endpoint.ConfigureConsumeTopology = false;
        endpoint.ConcurrentMessageLimit = options.Concurrency;
        endpoint.PrefetchCount = Math.Max(options.Prefetch, options.Concurrency);
        endpoint.ConfigureReceive(pipe => pipe.UseFilter(new Receiver(queue, services)));
    }

    private static void BindAll(MethodInfo bind, object endpoint, QueueDefinition queue)
    {
        foreach (var type in queue.Types)
        {
            bind.MakeGenericMethod(type).Invoke(null, [endpoint]);
        }
    }

    private static void BindToRabbitMq<T>(IRabbitMqReceiveEndpointConfigurator endpoint)
        where T : class => endpoint.Bind<T>();

    private static void BindToInMemory<T>(IInMemoryReceiveEndpointConfigurator endpoint)
        where T : class => endpoint.Bind<T>();

    private static MethodInfo Method(string name) => typeof(BusSetup).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static)!;

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
