using RabbitMQ.Client;

namespace Workers.Hosting.Messaging.RabbitMq;

/// <summary>
/// A fanout exchange per message type, named <c>Namespace:Type</c>; a quorum queue per handler, bound to the types that it takes and
/// to an exchange of its own name, for what goes to it alone (the default exchange would need a permission to write to any queue).
/// </summary>
internal static class RabbitMqTopology
{
    /// <summary>Connections do not recover by themselves: their owners replace them, and so know what was in flight.</summary>
    public static ConnectionFactory Factory(BusOptions options, string name)
    {
        var factory = new ConnectionFactory
        {
            HostName = options.Host,
            Port = options.Port,
            VirtualHost = options.VirtualHost,
            UserName = options.UserName,
            Password = options.Password,
            AutomaticRecoveryEnabled = false,
            TopologyRecoveryEnabled = false,
            RequestedHeartbeat = TimeSpan.FromSeconds(15),
            ClientProvidedName = name,
        };
        factory.Ssl.Enabled = options.Tls;
        factory.Ssl.ServerName = options.Host;
        return factory;
    }

    /// <summary>Closing politely would wait for a broker that may be gone.</summary>
    public static async Task DropAsync(IConnection connection)
    {
        await connection.CloseAsync(Constants.ReplySuccess, "dropped", TimeSpan.FromSeconds(1), abort: true, CancellationToken.None);
        await connection.DisposeAsync();
    }

    public static string ExchangeOf(Type type) => $"{type.Namespace}:{type.FullName![(type.Namespace!.Length + 1)..].Replace('+', '-')}";

    public static Task DeclareExchangeAsync(IChannel channel, string name, CancellationToken cancellationToken) =>
        channel.ExchangeDeclareAsync(name, ExchangeType.Fanout, durable: true, autoDelete: false, cancellationToken: cancellationToken);

    public static async Task DeclareQueueAsync(IChannel channel, QueueDefinition queue, CancellationToken cancellationToken)
    {
        var arguments = new Dictionary<string, object?>(StringComparer.Ordinal) { ["x-queue-type"] = "quorum" };
        await channel.QueueDeclareAsync(queue.Name, durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: cancellationToken);
        foreach (var exchange in queue.Types.Select(ExchangeOf).Append(queue.Name))
        {
            await DeclareExchangeAsync(channel, exchange, cancellationToken);
            await channel.QueueBindAsync(queue.Name, exchange, string.Empty, cancellationToken: cancellationToken);
        }
    }
}
