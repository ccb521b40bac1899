using System.Text;
using Microsoft.EntityFrameworkCore;
using RabbitMQ.Client;
using Testing;
using Workers.Hosting.Messaging;
using Workers.Hosting.Probe;

namespace Workers.Hosting.Tests;

/// <summary>The same on RabbitMQ and PostgreSQL, with replicas and hostile deliveries.</summary>
public sealed class ProductionTests(RealServers servers)
{
    private const string CountQueue = "probe-worker-count";

    [Fact]
    public async Task Two_replicas_that_start_at_once_share_the_work_and_handle_everything_once()
    {
        var settings = await ProductionSettings.FreshAsync(servers);
        var starting = await Task.WhenAll(TestFleet.StartAsync(settings), TestFleet.StartAsync(settings));
        await using var first = starting[0];
        await using var second = starting[1];
        const int Messages = 300;
        await first.PublishAsync(Enumerable.Range(0, Messages / 2).Select(i => new Count($"k{i % 60}")));
        await second.PublishAsync(Enumerable.Range(0, Messages / 2).Select(i => new Count($"k{i % 60}")));
        await first.EventuallyAsync((db, t) => db.Runs.CountAsync(r => r.Text.StartsWith("counted"), t), n => n == Messages, TimeSpan.FromMinutes(5));
        await first.DrainAsync();
        Assert.Equal(Messages, await first.ReadAsync((db, t) => db.Counts.SumAsync(c => c.Number, t)));
        Assert.NotEmpty(first.Control.Attempts);
        Assert.NotEmpty(second.Control.Attempts);
        Assert.Empty(await first.ReadAsync((db, t) => db.DeadLetters.ToListAsync(t)));
    }

    [Fact]
    public async Task Bodies_that_cannot_be_read_become_dead_letters_with_what_came_and_good_ones_go_on()
    {
        var settings = await ProductionSettings.FreshAsync(servers);
        await using var fleet = await TestFleet.StartAsync(settings);
        await fleet.PublishAsync(new Count("before"));
        await fleet.DrainAsync();
        byte[] garbage = [0xff, 0x00, 0xfe];
        await SendAsync(settings, garbage, Guid.NewGuid().ToString(), null);
        await SendAsync(settings, "not json"u8.ToArray(), Guid.NewGuid().ToString(), null);
        await SendAsync(settings, "{\"Behaviour\":\"count\"}"u8.ToArray(), Guid.NewGuid().ToString(), typeof(Count).FullName);
        await SendAsync(settings, "{\"Key\":null}"u8.ToArray(), Guid.NewGuid().ToString(), typeof(Count).FullName);
        await SendAsync(settings, "{\"Key\":\"x\"}"u8.ToArray(), Guid.NewGuid().ToString(), typeof(Counted).FullName);
        await SendAsync(settings, Encoding.UTF8.GetBytes(new string('[', 5000)), Guid.NewGuid().ToString(), null);
        await SendAsync(settings, [], Guid.NewGuid().ToString(), null);
        await fleet.PublishAsync(new Count("after"));
        var dead = await fleet.EventuallyAsync((db, t) => db.DeadLetters.OrderBy(d => d.Id).ToListAsync(t), d => d.Count == 7);
        await fleet.EventuallyAsync((db, t) => db.Counts.CountAsync(c => c.Key == "after", t), n => n == 1);
        Assert.All(dead, d => Assert.Equal(CountQueue, d.Queue));
        Assert.All(dead, d => Assert.NotNull(d.MessageId));
        Assert.Contains(dead, d => d.Body.SequenceEqual(garbage));
        Assert.Contains(dead, d => d.Reason.StartsWith("The message is a Workers.Hosting.Probe.Counted, but probe-worker-count takes", StringComparison.Ordinal));
        Assert.Equal(0, await fleet.CountAsync("x"));
        Assert.Equal(0u, await DepthAsync(settings));
    }

    [Fact]
    public async Task A_message_without_an_id_is_handled_once_however_often_it_comes()
    {
        var settings = await ProductionSettings.FreshAsync(servers);
        await using var fleet = await TestFleet.StartAsync(settings);
        await fleet.PublishAsync(new Count("ready"));
        await fleet.DrainAsync();
        for (var i = 0; i < 3; i++)
        {
            await SendAsync(settings, "{\"Key\":\"idless\"}"u8.ToArray(), null, null);
        }

        await SendAsync(settings, "{\"Key\":\"last\"}"u8.ToArray(), null, null);
        await fleet.EventuallyAsync((db, t) => db.Counts.CountAsync(c => c.Key == "last", t), n => n == 1);
        await fleet.EventuallyAsync((_, _) => DepthAsync(settings), n => n == 0);
        Assert.Equal(1, await fleet.CountAsync("idless"));
    }

    [Fact]
    public async Task A_message_that_no_queue_takes_waits_with_its_sender_and_blocks_nobody()
    {
        var settings = await ProductionSettings.FreshAsync(servers);
        await using var fleet = await TestFleet.StartAsync(settings, builder => Fleet.Of(builder).Types.Add(typeof(Unwanted)));
        await fleet.PublishAsync(new Unwanted("first"));
        await fleet.PublishAsync(new Count("behind"));
        await fleet.EventuallyAsync((db, t) => db.Counts.CountAsync(c => c.Key == "behind", t), n => n == 1);
        var waiting = await fleet.EventuallyAsync((db, t) => db.Outbox.AsNoTracking().SingleOrDefaultAsync(r => r.MessageType == typeof(Unwanted).FullName, t), r => r?.Attempts >= 2);
        Assert.Null(waiting!.SentAt);
    }

    [Fact]
    public async Task A_notification_that_no_queue_takes_is_let_go()
    {
        var settings = await ProductionSettings.FreshAsync(servers);
        await using var fleet = await TestFleet.StartAsync(settings);
        await fleet.PublishAsync(new Contracts.Messages.ChainFinalised(1, 2, "0x" + new string('0', 64)));
        await fleet.DrainAsync();
    }

    [Fact]
    public async Task A_message_that_was_put_back_goes_to_its_own_queue_alone()
    {
        var settings = await ProductionSettings.FreshAsync(servers);
        await using var fleet = await TestFleet.StartAsync(settings);
        await fleet.PublishAsync(new Count("e", "too early"));
        await fleet.EventuallyAsync((_, _) => Task.FromResult(fleet.Control.Attempts.Count), n => n >= 4);
        await fleet.PublishAsync(new Count("gate"));
        await fleet.EventuallyAsync((db, t) => db.Counts.CountAsync(c => c.Key == "e", t), n => n == 1);
        await fleet.DrainAsync();
        Assert.Equal(1, await fleet.CountAsync("e"));
    }

    [Fact]
    public async Task A_message_stays_with_the_bus_while_the_database_is_away()
    {
        var token = TestContext.Current.CancellationToken;
        await using var postgres = await PostgresServer.StartAsync(token);
        var broker = await servers.RabbitMqAsync(token);
        var settings = ProductionSettings.On(broker, await broker.CreateVirtualHostAsync(token), await postgres.CreateDatabaseAsync(token));
        settings["Delivery:DatabaseDelay"] = "00:00:01";
        await using var fleet = await TestFleet.StartAsync(settings);
        await fleet.PublishAsync(new Count("before"));
        await fleet.DrainAsync();
        await postgres.KillAsync();
        await SendAsync(settings, "{\"Key\":\"during\"}"u8.ToArray(), Guid.NewGuid().ToString(), typeof(Count).FullName);
        await SendAsync(settings, "neither read nor written down"u8.ToArray(), Guid.NewGuid().ToString(), null);
        await Task.Delay(TimeSpan.FromSeconds(3), token);
        await postgres.RestartAsync(token);
        await fleet.EventuallyAsync((db, t) => db.Counts.CountAsync(c => c.Key == "during", t), n => n == 1);
        await fleet.EventuallyAsync((db, t) => db.DeadLetters.CountAsync(t), n => n == 1);
        Assert.Equal(1, await fleet.CountAsync("during"));
    }

    [Fact]
    public async Task A_broker_that_is_killed_and_comes_back_under_load_loses_nothing()
    {
        var token = TestContext.Current.CancellationToken;
        var postgres = await servers.PostgresAsync(token);
        await using var broker = await RabbitMqServer.StartAsync(token);
        var settings = ProductionSettings.On(broker, "/", await postgres.CreateDatabaseAsync(token));
        settings["Bus:PublishTimeout"] = "00:00:05";
        await using var fleet = await TestFleet.StartAsync(settings);
        await fleet.PublishAsync(new Count("warm"));
        await fleet.DrainAsync();
        await Task.Delay(RabbitMqServer.QuorumQueueSettles, token);
        const int Messages = 3000;
        await fleet.PublishAsync(Enumerable.Range(0, Messages).Select(i => new Count($"k{i}")));
        await fleet.EventuallyAsync((db, t) => db.Counts.CountAsync(t), n => n > 100);
        await broker.KillAsync();
        var handled = await fleet.ReadAsync((db, t) => db.Counts.CountAsync(t));
        Assert.True(handled < Messages, "Everything was handled before the broker was killed, so the test shows nothing.");
        await broker.RestartAsync(token);
        await fleet.EventuallyAsync((db, t) => db.Counts.CountAsync(t), n => n == Messages + 1, TimeSpan.FromMinutes(5));
        await fleet.EventuallyAsync((db, t) => db.Runs.CountAsync(r => r.Text.StartsWith("counted"), t), n => n == Messages + 1, TimeSpan.FromMinutes(2));
        Assert.Equal(Messages + 1, await fleet.ReadAsync((db, t) => db.Counts.SumAsync(c => c.Number, t)));
    }

    private static async Task SendAsync(Dictionary<string, string?> settings, byte[] body, string? messageId, string? type)
    {
        var token = TestContext.Current.CancellationToken;
        await using var connection = await Factory(settings).CreateConnectionAsync(token);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true), token);
        var properties = new BasicProperties { Persistent = true };
        if (messageId is not null)
        {
            properties.MessageId = messageId;
        }

        if (type is not null)
        {
            properties.Headers = new Dictionary<string, object?>(StringComparer.Ordinal) { [Delivery.TypeHeader] = type };
        }

        await channel.BasicPublishAsync(string.Empty, CountQueue, mandatory: true, properties, body, token);
    }

    private static async Task<uint> DepthAsync(Dictionary<string, string?> settings)
    {
        var token = TestContext.Current.CancellationToken;
        await using var connection = await Factory(settings).CreateConnectionAsync(token);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: token);
        return await channel.MessageCountAsync(CountQueue, token);
    }

    private static ConnectionFactory Factory(Dictionary<string, string?> settings) => new()
    {
        HostName = settings["Bus:Host"]!,
        Port = int.Parse(settings["Bus:Port"]!, System.Globalization.CultureInfo.InvariantCulture),
        VirtualHost = settings["Bus:VirtualHost"]!,
    };
}
