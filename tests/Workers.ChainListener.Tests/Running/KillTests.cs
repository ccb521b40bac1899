using System.Globalization;
using Testing;
using Workers.ChainListener.Tests.Node;

namespace Workers.ChainListener.Tests.Running;

/// <summary>The listener as a process with the real PostgreSQL, RabbitMQ and anvil, killed whenever it hurts.</summary>
public sealed class KillTests(RealServers servers)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kill_9_at_random_moments_loses_no_event_and_repeats_none()
    {
        await using var chain = await LoggingChain.StartAsync();
        await chain.MineAsync(blocks: 150, events: 8);
        var rabbit = await servers.RabbitMqAsync(Token);
        var virtualHost = await rabbit.CreateVirtualHostAsync(Token);
        var configuration = Configuration(chain, rabbit, virtualHost, await (await servers.PostgresAsync(Token)).CreateDatabaseAsync(Token));
        await using var consumer = await EventConsumer.StartAsync(rabbit.Address(virtualHost), Token);
        var random = new Random(20261121);
        for (var round = 0; round < 5; round++)
        {
            await using var victim = ListenerProcess.Start(configuration);
            await victim.WaitForAsync("Following chain", Token);
            await Task.Delay(random.Next(0, 700), Token);
            await victim.KillAsync();
            if (round % 2 == 1)
            {
                await chain.ReorganiseAsync(random.Next(1, 20));
            }

            await chain.MineAsync(blocks: 3, events: 2);
        }

        await using var survivor = ListenerProcess.Start(configuration);
        await ExpectAsync(chain, consumer, survivor);
    }

    [Fact]
    public async Task A_standby_takes_over_when_the_active_listener_is_killed()
    {
        await using var chain = await LoggingChain.StartAsync();
        await chain.MineAsync(blocks: 40, events: 3);
        var rabbit = await servers.RabbitMqAsync(Token);
        var virtualHost = await rabbit.CreateVirtualHostAsync(Token);
        var configuration = Configuration(chain, rabbit, virtualHost, await (await servers.PostgresAsync(Token)).CreateDatabaseAsync(Token));
        await using var consumer = await EventConsumer.StartAsync(rabbit.Address(virtualHost), Token);
        await using var active = ListenerProcess.Start(configuration);
        await active.WaitForAsync("Following chain", Token);
        await using var standby = ListenerProcess.Start(configuration);
        await standby.WaitForAsync("Standing by", Token);
        await active.KillAsync();
        await chain.MineAsync(blocks: 5, events: 3);
        await ExpectAsync(chain, consumer, standby);
    }

    private static Dictionary<string, string> Configuration(LoggingChain chain, RabbitMqServer rabbit, string virtualHost, string database) => new(StringComparer.Ordinal)
    {
        ["Chain:Endpoints:0"] = chain.Anvil.Address.ToString(),
        ["Chain:Contracts:Logger"] = LoggingChain.Contract,
        ["Chain:Confirmations"] = "1",
        ["Chain:FinalityDepth"] = "30",
        ["Chain:PollInterval"] = "00:00:00.1",
        ["Listener:BlocksPerCommit"] = "4",
        ["Listener:LeaseInterval"] = "00:00:00.2",
        ["Database:Kind"] = "PostgreSql",
        ["Database:ConnectionString"] = database,
        ["Bus:Kind"] = "RabbitMq",
        ["Bus:Host"] = "127.0.0.1",
        ["Bus:Port"] = rabbit.Port.ToString(CultureInfo.InvariantCulture),
        ["Bus:VirtualHost"] = virtualHost,
        ["Data:Directory"] = Path.Combine(Path.GetTempPath(), $"listener-{Guid.NewGuid():N}"),
    };

    /// <summary>Until the consumer is left with the canonical chain's confirmed events, each once.</summary>
    private static async Task ExpectAsync(LoggingChain chain, EventConsumer consumer, ListenerProcess listener)
    {
        var head = await chain.Anvil.BlockNumberAsync();
        var expected = (await chain.EventsAsync(head - 1)).ToDictionary(e => e, _ => 1);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromMinutes(5));
        while (!patience.IsCancellationRequested && !(!consumer.Standing.Except(expected).Any() && !expected.Except(consumer.Standing).Any() && consumer.Watermark == (ulong)head - 30))
        {
            await Task.Delay(100, Token);
        }

        // Nothing may come after that either.
        await Task.Delay(TimeSpan.FromSeconds(2), Token);
        Assert.True(expected.OrderBy(e => e.Key).SequenceEqual(consumer.Standing.OrderBy(e => e.Key)), $"{expected.Count} expected, {consumer.Standing.Count} stand, watermark {consumer.Watermark} of {head - 30}; {listener.Log}");
        Assert.Equal((ulong)head - 30, consumer.Watermark);
    }
}
