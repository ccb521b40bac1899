using Workers.Hosting.Messaging.Outbox;
using Workers.Hosting.Messaging.RabbitMq;

namespace Workers.Hosting.Messaging;

/// <summary>
/// The bus with this process's queues. Either kind hands over the raw delivery; reading, handling and failing are the same, so that
/// nothing leaves the bus before the database has it.
/// </summary>
internal static class BusSetup
{
    public static void Add(IServiceCollection services, BusKind kind)
    {
        if (kind == BusKind.RabbitMq)
        {
            services.AddSingleton<RabbitMqReceiver>();
            services.AddHostedService(s => s.GetRequiredService<RabbitMqReceiver>());
            services.AddHealthChecks().AddCheck<RabbitMqReceiver>("bus");
            services.AddSingleton<IOutboxPublisher, RabbitMqPublisher>();
        }
        else
        {
            services.AddSingleton<InMemoryBus>();
            services.AddHostedService(s => s.GetRequiredService<InMemoryBus>());
            services.AddSingleton<IOutboxPublisher>(s => s.GetRequiredService<InMemoryBus>());
        }
    }
}
