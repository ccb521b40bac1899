using System.Net.Http.Json;
using System.Text.Json;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Testing;

namespace Docker.Tests;

/// <summary>A broker that booted with docker/rabbitmq/definitions.json.</summary>
public sealed class DefinedBroker : IAsyncLifetime
{
    private RabbitMqServer broker = null!;
    private Secrets secrets = null!;

    public async ValueTask InitializeAsync()
    {
        var cancellation = TestContext.Current.CancellationToken;
        secrets = await Secrets.MakeAsync(cancellation);
        broker = await RabbitMqServer.StartAsync(secrets["rabbitmq-definitions.json"], "operator", secrets["rabbitmq-operator"], cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await broker.DisposeAsync();
        secrets.Dispose();
    }

    public HttpClient Management => broker.Management;

    public Task<IConnection> ConnectAsync(string user, string virtualHost = "market") => new ConnectionFactory
    {
        HostName = "127.0.0.1",
        Port = broker.Port,
        VirtualHost = virtualHost,
        UserName = user,
        Password = secrets[$"{user}-bus"],
    }.CreateConnectionAsync(TestContext.Current.CancellationToken);
}

public sealed class BrokerPermissions(DefinedBroker broker) : IClassFixture<DefinedBroker>
{
    private const ushort AccessRefused = 403, NotAllowed = 530;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Let_the_listener_publish_events_that_the_encryption_worker_receives()
    {
        await using var listener = await broker.ConnectAsync("listener");
        await using var encryption = await broker.ConnectAsync("encryption");
        await using var to = await encryption.CreateChannelAsync(cancellationToken: Cancellation);
        await using var from = await listener.CreateChannelAsync(new CreateChannelOptions(true, true), Cancellation);

        // What a worker declares: an exchange per message type, and a queue per handler with an exchange of its own name.
        await to.ExchangeDeclareAsync("Contracts.Messages:ChainEvent", "fanout", durable: true, cancellationToken: Cancellation);
        await to.ExchangeDeclareAsync("encryption-requested", "fanout", durable: true, cancellationToken: Cancellation);
        await to.QueueDeclareAsync("encryption-requested", durable: true, exclusive: false, autoDelete: false, cancellationToken: Cancellation);
        await to.QueueBindAsync("encryption-requested", "encryption-requested", "", cancellationToken: Cancellation);
        await to.ExchangeBindAsync("encryption-requested", "Contracts.Messages:ChainEvent", "", cancellationToken: Cancellation);
        await from.BasicPublishAsync("Contracts.Messages:ChainEvent", "", mandatory: true, "event"u8.ToArray(), Cancellation);

        Assert.NotNull(await to.BasicGetAsync("encryption-requested", autoAck: true, Cancellation));
    }

    [Fact]
    public async Task Refuse_an_event_that_the_encryption_worker_forges()
    {
        await using var encryption = await broker.ConnectAsync("encryption");
        await using var channel = await encryption.CreateChannelAsync(new CreateChannelOptions(true, true), Cancellation);
        await channel.ExchangeDeclareAsync("Contracts.Messages:ChainEvent", "fanout", durable: true, cancellationToken: Cancellation);

        await RefusedAsync(() => channel.BasicPublishAsync("Contracts.Messages:ChainEvent", "", mandatory: false, "forged"u8.ToArray(), Cancellation).AsTask(), channel);
    }

    [Theory]
    [InlineData("listener", "encryption-requested")]
    [InlineData("encryption", "listener-checkpoints")]
    public async Task Refuse_the_queue_of_another_worker(string user, string queue)
    {
        await using var connection = await broker.ConnectAsync(user);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Cancellation);

        await RefusedAsync(() => channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, cancellationToken: Cancellation), channel);
    }

    [Theory]
    [InlineData("listener", "/")]
    [InlineData("encryption", "/")]
    public async Task Refuse_another_virtual_host(string user, string virtualHost)
    {
        // The client does not wait for the broker's answer to connection.open; its first channel meets it.
        await using var connection = await broker.ConnectAsync(user, virtualHost);

        await Assert.ThrowsAnyAsync<Exception>(() => connection.CreateChannelAsync(cancellationToken: Cancellation));
        Assert.Equal(NotAllowed, connection.CloseReason?.ReplyCode);
    }

    [Fact]
    public async Task Keep_a_message_that_comes_back_again_and_again()
    {
        await using var encryption = await broker.ConnectAsync("encryption");
        await using var channel = await encryption.CreateChannelAsync(new CreateChannelOptions(true, true), Cancellation);
        var quorum = new Dictionary<string, object?>(StringComparer.Ordinal) { ["x-queue-type"] = "quorum" };
        await channel.QueueDeclareAsync("encryption-returns", durable: true, exclusive: false, autoDelete: false, quorum, cancellationToken: Cancellation);
        await channel.ExchangeDeclareAsync("encryption-returns", "fanout", durable: true, cancellationToken: Cancellation);
        await channel.QueueBindAsync("encryption-returns", "encryption-returns", "", cancellationToken: Cancellation);
        await channel.BasicPublishAsync("encryption-returns", "", mandatory: true, "stays"u8.ToArray(), Cancellation);

        // RabbitMQ 4 drops a message after 20 returns where no policy says otherwise.
        for (var returned = 0; returned < 30; returned++)
        {
            await channel.BasicNackAsync((await GetAsync(channel)).DeliveryTag, multiple: false, requeue: true, Cancellation);
        }

        Assert.Equal("stays"u8.ToArray(), (await GetAsync(channel)).Body.ToArray());
        Assert.Equal("no-delivery-limit", await PolicyAsync("encryption-returns"));
    }

    /// <summary>The management interface learns of a queue some seconds late.</summary>
    private async Task<string?> PolicyAsync(string queue)
    {
        for (var attempt = 0; ; attempt++)
        {
            var known = await broker.Management.GetFromJsonAsync<JsonElement>($"queues/market/{queue}", Cancellation);
            if (known.TryGetProperty("policy", out var policy) || attempt > 100)
            {
                return policy.ValueKind == JsonValueKind.String ? policy.GetString() : known.ToString();
            }

            await Task.Delay(200, Cancellation);
        }
    }

    private static async Task<BasicGetResult> GetAsync(IChannel channel)
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            if (await channel.BasicGetAsync("encryption-returns", autoAck: false, Cancellation) is { } got)
            {
                return got;
            }

            await Task.Delay(50, Cancellation);
        }

        throw new InvalidOperationException("The message is gone.");
    }

    private static async Task RefusedAsync(Func<Task> act, IChannel channel)
    {
        await Assert.ThrowsAnyAsync<Exception>(act);
        Assert.Equal(AccessRefused, channel.CloseReason?.ReplyCode);
    }
}
