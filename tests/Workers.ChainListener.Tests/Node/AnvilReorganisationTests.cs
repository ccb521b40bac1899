using Workers.ChainListener.Following;
using Workers.ChainListener.Tests.Following;

namespace Workers.ChainListener.Tests.Node;

/// <summary>The whole way from a real node's answers to decisions, while the node reorganises its chain.</summary>
public sealed class AnvilReorganisationTests
{
    [Fact]
    public async Task Every_depth_from_1_to_64_after_publication_ends_with_the_canonical_events()
    {
        await using var chain = await LoggingChain.StartAsync();
        var view = new View(chain, new FollowRules(Confirmations: 0, FinalityDepth: 70, MostBlocks: 40));
        await chain.MineAsync(blocks: 80, events: 2);
        await view.FollowAsync();
        for (var depth = 1; depth <= 64; depth++)
        {
            await chain.ReorganiseAsync(depth);
            await chain.MineAsync(blocks: 1, events: 1);
            Assert.Equal(depth, (await view.FollowAsync()).Sum(d => d.Depth));
            await view.CheckAsync();
        }
    }

    [Fact]
    public async Task Every_depth_before_publication_is_not_heard_of()
    {
        await using var chain = await LoggingChain.StartAsync();
        var view = new View(chain, new FollowRules(Confirmations: 64, FinalityDepth: 64, MostBlocks: 40));
        await chain.MineAsync(blocks: 90, events: 1);
        await view.FollowAsync();
        foreach (var depth in new[] { 1, 2, 7, 31, 63, 64 })
        {
            await chain.ReorganiseAsync(depth);
            await chain.MineAsync(blocks: 3, events: 1);
            Assert.Empty((await view.FollowAsync()).SelectMany(d => d.Retract));
            await view.CheckAsync();
        }
    }

    [Fact]
    public async Task A_node_that_goes_back_to_a_snapshot_and_mines_another_way_is_followed()
    {
        await using var chain = await LoggingChain.StartAsync();
        var view = new View(chain, new FollowRules(Confirmations: 1, FinalityDepth: 40, MostBlocks: 40));
        await chain.MineAsync(blocks: 5, events: 1);
        var snapshot = await chain.Anvil.CallAsync("evm_snapshot");
        await chain.MineAsync(blocks: 20, events: 1);
        await view.FollowAsync();
        await chain.Anvil.CallAsync("evm_revert", snapshot);
        Assert.Empty(await view.FollowAsync());
        await chain.MineAsync(blocks: 3, events: 2);
        Assert.Equal(19, (await view.FollowAsync()).Sum(d => d.Depth));
        await view.CheckAsync();
    }

    [Fact]
    public async Task With_the_tag_finality_is_what_the_node_says()
    {
        await using var chain = await LoggingChain.StartAsync(slotsInAnEpoch: 4);
        var view = new View(chain, new FollowRules(Confirmations: 0, FinalityDepth: null, MostBlocks: 40));
        await chain.MineAsync(blocks: 30, events: 1);
        await view.FollowAsync();
        Assert.Equal(30ul - 8, view.Ledger.Watermarks[^1].Number);
    }

    private sealed class View(LoggingChain chain, FollowRules rules)
    {
        private readonly Follower _follower = new(LoggingChain.See(LoggingChain.Options(chain.Anvil.Address)), rules);
        private FollowedChain _chain = new() { Start = 0 };

        public Ledger Ledger { get; } = new();

        public async Task<List<Decision>> FollowAsync()
        {
            var decisions = new List<Decision>();
            while ((await _follower.NextAsync(_chain, TestContext.Current.CancellationToken)).Decision is { } decision)
            {
                Ledger.Take(decision);
                _chain = decision.Next;
                decisions.Add(decision);
            }

            return decisions;
        }

        public async Task CheckAsync()
        {
            var expected = await chain.EventsAsync(await chain.Anvil.BlockNumberAsync() - rules.Confirmations);
            Assert.Equal(expected, Ledger.Standing.Select(p => (p.BlockHash, p.LogIndex)).ToHashSet());
        }
    }
}
