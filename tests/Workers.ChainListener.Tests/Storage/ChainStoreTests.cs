using Contracts.Messages;
using Ethereum;
using Microsoft.EntityFrameworkCore;
using Testing;
using Workers.ChainListener.Following;
using Workers.ChainListener.Storage;
using Workers.ChainListener.Tests.Following;

namespace Workers.ChainListener.Tests.Storage;

/// <summary>What was decided is what a restarted listener finds, and what waits for the bus, on both databases.</summary>
public sealed class ChainStoreTests(RealServers servers)
{
    private static readonly Address Contract = Address.Parse("0x00000000000000000000000000000000000010f6");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_restart_after_every_commit_continues_as_if_nothing_had_happened(bool postgres)
    {
        await using var database = await ListenerDatabase.CreateAsync(servers, postgres);
        var random = new Random(11);
        var node = new SimulatedChain(random);
        var follower = new Follower(node, new FollowRules(Confirmations: 1, FinalityDepth: 30, MostBlocks: 25));
        var ledger = new Ledger();
        for (var i = 0; i < 25; i++)
        {
            node.Mine(random.Next(1, 20));
            if (random.Next(2) == 0)
            {
                node.Reorganise(random.Next(1, 25), random.Next(25, 40));
            }

            for (var steps = 0; steps < 6; steps++)
            {
                var store = database.Store();
                var chain = await LoadAsync(store);
                if ((await follower.NextAsync(chain, TestContext.Current.CancellationToken)).Decision is not { } decision)
                {
                    break;
                }

                await store.CommitAsync(chain, decision, TestContext.Current.CancellationToken);
                ledger.Take(decision);
            }
        }

        var expected = node.Canonical[1..^1].SelectMany(b => b.Events).Select(e => e.Position).ToHashSet();
        Assert.Equal(expected, ledger.Standing);
        Assert.Equal(expected, Replay(await database.OutboxAsync()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_listener_that_lost_its_lease_cannot_commit(bool postgres)
    {
        await using var database = await ListenerDatabase.CreateAsync(servers, postgres);
        var node = new SimulatedChain(new Random(3));
        node.Mine(20);
        var (stale, active) = (database.Store(), database.Store());
        var chain = await LoadAsync(stale);
        await LoadAsync(active);
        var decision = chain.Extend(node.Canonical[1..11], 5);
        await active.CommitAsync(chain, decision, TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => stale.CommitAsync(chain, decision, TestContext.Current.CancellationToken));
        var saved = await database.OutboxAsync();
        Assert.Equal(saved.DistinctBy(r => r.MessageId).Count(), saved.Count);
    }

    [Fact]
    public async Task An_added_contract_makes_the_chain_be_read_again_and_the_watermark_stay()
    {
        await using var database = await ListenerDatabase.CreateAsync(servers, postgres: false);
        var node = new SimulatedChain(new Random(3));
        node.Mine(20);
        var store = database.Store();
        var chain = await LoadAsync(store);
        await store.CommitAsync(chain, chain.Extend(node.Canonical[1..16], 10), TestContext.Current.CancellationToken);

        var other = Address.Parse("0x00000000000000000000000000000000000010f7");
        var again = await database.Store().LoadAsync(31337, 1, [Contract, other], TestContext.Current.CancellationToken);
        Assert.Equal(1ul, again.Next);
        Assert.Equal(10ul, again.Announced?.Number);
        Assert.Equal(1ul, (await database.Store().LoadAsync(31337, 1, [Contract, other], TestContext.Current.CancellationToken)).Next);
        Assert.Contains(await database.OutboxAsync(), r => r.MessageType == typeof(ChainEventRetracted).FullName);
    }

    [Fact]
    public async Task A_database_of_another_chain_is_refused()
    {
        await using var database = await ListenerDatabase.CreateAsync(servers, postgres: false);
        await LoadAsync(database.Store());
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => database.Store().LoadAsync(1, 1, [Contract], TestContext.Current.CancellationToken));
        Assert.Contains("31337", error.Message, StringComparison.Ordinal);
    }

    private static Task<FollowedChain> LoadAsync(ChainStore store) => store.LoadAsync(31337, 1, [Contract], TestContext.Current.CancellationToken);

    /// <summary>What stands after the outbox's rows in their order, each message id once.</summary>
    private static HashSet<LogPosition> Replay(IEnumerable<Hosting.Data.OutboxRow> rows)
    {
        var standing = new HashSet<LogPosition>();
        foreach (var row in rows.DistinctBy(r => r.MessageId))
        {
            if (row.MessageType == typeof(ChainEvent).FullName)
            {
                Assert.True(standing.Add(ListenerDatabase.Read<ChainEvent>(row).Position));
            }
            else if (row.MessageType == typeof(ChainEventRetracted).FullName)
            {
                Assert.True(standing.Remove(ListenerDatabase.Read<ChainEventRetracted>(row).Position));
            }
        }

        return standing;
    }
}
