using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using Contracts.Messages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Testing;
using Workers.Hosting.Data;
using Workers.Hosting.Health;
using Workers.Hosting.Messaging;
using Workers.Hosting.Messaging.RabbitMq;
using Workers.Hosting.Probe;

namespace Workers.Hosting.Tests;

/// <summary>What MassTransit's own reconnection does not survive: see decision 0008.</summary>
public sealed class BrokerFaultTests(RealServers servers)
{
    [Fact]
    public async Task Connections_that_the_broker_closes_again_and_again_under_load_are_replaced_once_each_and_nothing_is_lost()
    {
        var token = TestContext.Current.CancellationToken;
        var broker = await servers.RabbitMqAsync(token);
        var settings = await ProductionSettings.FreshAsync(servers);
        var host = settings["Bus:VirtualHost"]!;
        settings["Bus:PublishTimeout"] = "00:00:05";
        await using var fleet = await TestFleet.StartAsync(settings);
        await fleet.PublishAsync(new Count("warm"));
        await fleet.DrainAsync();
        const int Rounds = 6, PerRound = 300;
        for (var round = 0; round < Rounds; round++)
        {
            await fleet.PublishAsync(Enumerable.Range(0, PerRound).Select(i => new Count($"k{i}")));
            await Task.Delay(TimeSpan.FromMilliseconds(100 * (round + 1)), token);
            // The management interface learns of a new connection a moment later.
            await fleet.EventuallyAsync((_, _) => CloseConnectionsAsync(broker, host), n => n > 0);
        }

        const int Messages = (Rounds * PerRound) + 1;
        await fleet.EventuallyAsync((db, t) => db.Counts.SumAsync(c => c.Number, t), n => n == Messages, TimeSpan.FromMinutes(5));
        await fleet.DrainAsync();
        Assert.Equal(Messages, await fleet.ReadAsync((db, t) => db.Counts.SumAsync(c => c.Number, t)));
        await fleet.EventuallyAsync((_, t) => ConsumersAsync(broker, host, t), all => all.Count > 0 && all.All(n => n == 1), TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task A_queue_that_an_operator_deletes_is_declared_and_consumed_again()
    {
        var token = TestContext.Current.CancellationToken;
        var broker = await servers.RabbitMqAsync(token);
        var settings = await ProductionSettings.FreshAsync(servers);
        await using var fleet = await TestFleet.StartAsync(settings);
        await fleet.PublishAsync(new Count("before"));
        await fleet.DrainAsync();
        using var deleted = await broker.Management.DeleteAsync(new Uri($"queues/{settings["Bus:VirtualHost"]}/probe-worker-count", UriKind.Relative), token);
        Assert.True(deleted.IsSuccessStatusCode);
        await fleet.PublishAsync(new Count("after"));
        await fleet.EventuallyAsync((db, t) => db.Counts.CountAsync(c => c.Key == "after", t), n => n == 1, TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task A_delivery_whose_consumption_throws_goes_back_to_its_queue_and_to_no_other()
    {
        var token = TestContext.Current.CancellationToken;
        var broker = await servers.RabbitMqAsync(token);
        var host = await broker.CreateVirtualHostAsync(token);
        var options = Options.Create(new BusOptions { Host = "127.0.0.1", Port = broker.Port, VirtualHost = host });
        var seen = new ConcurrentQueue<Guid>();
        var done = new TaskCompletionSource();
        var queue = new QueueDefinition("throws", "probe", [typeof(Count)], (_, _) => [], (_, _, delivery, _) =>
        {
            seen.Enqueue(delivery.MessageId);
            return seen.Count < 3 ? throw new InvalidOperationException("on purpose") : Settle(done);
        });
        await using var services = new ServiceCollection().BuildServiceProvider();
        using var receiver = new RabbitMqReceiver([queue], services, options, new Outages(TimeProvider.System, NullLogger<Outages>.Instance), TimeProvider.System, NullLogger<RabbitMqReceiver>.Instance);
        await using var publisher = new RabbitMqPublisher(options, receiver);
        await receiver.StartAsync(token);
        await publisher.ReadyAsync(token);
        var row = new OutboxRow { MessageId = Guid.NewGuid(), MessageType = typeof(Count).FullName!, Body = "{\"Key\":\"x\"}", CorrelationId = "c", CreatedAt = TimeProvider.System.GetUtcNow() };
        await publisher.PublishAsync(row, new MessageKind(typeof(Count), Mandatory: true), () => { }, token);
        await done.Task.WaitAsync(TimeSpan.FromMinutes(2), token);
        await receiver.StopAsync(token);
        Assert.Equal([row.MessageId, row.MessageId, row.MessageId], seen);
        var queues = await broker.Management.GetFromJsonAsync<JsonElement>(new Uri($"queues/{host}", UriKind.Relative), token);
        Assert.Equal("throws", Assert.Single(queues.EnumerateArray()).GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_worker_gets_by_with_the_permissions_that_docker_gives_it()
    {
        var token = TestContext.Current.CancellationToken;
        var broker = await servers.RabbitMqAsync(token);
        var host = await broker.CreateVirtualHostAsync(token);
        var definitions = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "definitions.json"), token)).RootElement;
        var permissions = definitions.GetProperty("permissions").EnumerateArray().Single(p => p.GetProperty("user").GetString() == "encryption");
        using var user = await broker.Management.PutAsJsonAsync(new Uri("users/encryption", UriKind.Relative), new { password = "p", tags = "" }, token);
        using var allowed = await broker.Management.PutAsJsonAsync(
            new Uri($"permissions/{host}/encryption", UriKind.Relative),
            new { configure = permissions.GetProperty("configure").GetString(), write = permissions.GetProperty("write").GetString(), read = permissions.GetProperty("read").GetString() },
            token);
        Assert.True(user.IsSuccessStatusCode && allowed.IsSuccessStatusCode);
        var options = Options.Create(new BusOptions { Host = "127.0.0.1", Port = broker.Port, VirtualHost = host, UserName = "encryption", Password = "p" });
        var came = new TaskCompletionSource<Guid>();
        var queue = new QueueDefinition("encryption-probe", "encryption", [typeof(ChainEvent), typeof(TransactionOutcome)], (_, _) => [], (_, _, delivery, _) =>
        {
            came.TrySetResult(delivery.MessageId);
            return Task.CompletedTask;
        });
        await using var services = new ServiceCollection().BuildServiceProvider();
        using var receiver = new RabbitMqReceiver([queue], services, options, new Outages(TimeProvider.System, NullLogger<Outages>.Instance), TimeProvider.System, NullLogger<RabbitMqReceiver>.Instance);
        await using var publisher = new RabbitMqPublisher(options, receiver);
        await receiver.StartAsync(token);
        await publisher.ReadyAsync(token).WaitAsync(TimeSpan.FromMinutes(2), token);
        var row = new OutboxRow { MessageId = Guid.NewGuid(), MessageType = typeof(TransactionOutcome).FullName!, Body = "{}", CorrelationId = "c", CreatedAt = TimeProvider.System.GetUtcNow() };
        await publisher.PublishAsync(row, new MessageKind(typeof(TransactionOutcome), Mandatory: true), () => { }, token);
        Assert.Equal(row.MessageId, await came.Task.WaitAsync(TimeSpan.FromMinutes(2), token));
        var forged = new OutboxRow { MessageId = Guid.NewGuid(), MessageType = typeof(ChainEvent).FullName!, Body = "{}", CorrelationId = "c", CreatedAt = TimeProvider.System.GetUtcNow() };
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => publisher.PublishAsync(forged, new MessageKind(typeof(ChainEvent), Mandatory: true), () => { }, token).WaitAsync(TimeSpan.FromMinutes(2), token));
        Assert.Contains("ACCESS_REFUSED", refused.Message, StringComparison.Ordinal);
        await receiver.StopAsync(token);
    }

    private static Task Settle(TaskCompletionSource done)
    {
        done.TrySetResult();
        return Task.CompletedTask;
    }

    private static async Task<int> CloseConnectionsAsync(RabbitMqServer broker, string host)
    {
        var token = TestContext.Current.CancellationToken;
        var open = await broker.Management.GetFromJsonAsync<JsonElement>(new Uri($"vhosts/{host}/connections", UriKind.Relative), token);
        foreach (var connection in open.EnumerateArray())
        {
            using var closed = await broker.Management.DeleteAsync(new Uri($"connections/{Uri.EscapeDataString(connection.GetProperty("name").GetString()!)}", UriKind.Relative), token);
        }

        return open.GetArrayLength();
    }

    private static async Task<List<int>> ConsumersAsync(RabbitMqServer broker, string host, CancellationToken cancellation)
    {
        var queues = await broker.Management.GetFromJsonAsync<JsonElement>(new Uri($"queues/{host}", UriKind.Relative), cancellation);
        return [.. queues.EnumerateArray().Select(q => q.TryGetProperty("consumers", out var n) ? n.GetInt32() : -1)];
    }
}
