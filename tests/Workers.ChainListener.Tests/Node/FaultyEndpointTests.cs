using Workers.ChainListener.Following;
using Workers.ChainListener.Node;
using Workers.ChainListener.Tests.Following;

namespace Workers.ChainListener.Tests.Node;

/// <summary>Whatever an endpoint answers, what is published is what is on the chain, and nothing is skipped.</summary>
public sealed class FaultyEndpointTests
{
    private static readonly FollowRules Rules = new(Confirmations: 0, FinalityDepth: 20, MostBlocks: 15);

    public static TheoryData<Fault> Faults => [.. Enum.GetValues<Fault>().Where(f => f != Fault.None)];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_bad_endpoint_before_a_good_one_costs_time_and_nothing_else(Fault fault)
    {
        await using var chain = await LoggingChain.StartAsync();
        await using var bad = await FaultyEndpoint.StartAsync(chain.Anvil.Address);
        await chain.MineAsync(blocks: 30, events: 2);
        bad.Fault = fault;
        var view = new View(chain, LoggingChain.See(LoggingChain.Options(bad.Address, chain.Anvil.Address)));
        await view.FollowAsync(TimeSpan.FromSeconds(40));
        await view.CheckAsync(complete: true);
        Assert.True(bad.Requests > 0);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_lone_endpoint_that_goes_bad_and_recovers_leaves_no_gap(Fault fault)
    {
        await using var chain = await LoggingChain.StartAsync();
        await using var only = await FaultyEndpoint.StartAsync(chain.Anvil.Address);
        var view = new View(chain, LoggingChain.See(LoggingChain.Options(only.Address)));
        await chain.MineAsync(blocks: 10, events: 2);
        await view.FollowAsync(TimeSpan.FromSeconds(30));
        await chain.MineAsync(blocks: 30, events: 1);
        only.Fault = fault;
        await view.FollowAsync(TimeSpan.FromSeconds(2));
        await view.CheckAsync(complete: false);
        only.Fault = Fault.None;
        await view.FollowAsync(TimeSpan.FromSeconds(40));
        await view.CheckAsync(complete: true);
    }

    [Fact]
    public async Task An_endpoint_of_another_chain_is_refused_with_both_chain_ids()
    {
        await using var chain = await LoggingChain.StartAsync();
        var options = LoggingChain.Options(chain.Anvil.Address);
        options.ChainId = 5;
        var error = await Assert.ThrowsAsync<ChainUnreachableException>(() => LoggingChain.See(options).HeadAsync(TestContext.Current.CancellationToken));
        Assert.Contains("serves chain 31337, and Chain:ChainId is 5", error.Message, StringComparison.Ordinal);
    }

    private sealed class View(LoggingChain chain, RpcChainNode node)
    {
        private readonly Ledger _ledger = new();
        private FollowedChain _chain = new() { Start = 0 };

        /// <summary>Asks until nothing is left, or the time is over; failures are asked again.</summary>
        public async Task FollowAsync(TimeSpan limit)
        {
            var follower = new Follower(node, Rules);
            using var time = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            time.CancelAfter(limit);
            while (!time.IsCancellationRequested)
            {
                try
                {
                    if ((await follower.NextAsync(_chain, time.Token)).Decision is not { } decision)
                    {
                        return;
                    }

                    _ledger.Take(decision);
                    _chain = decision.Next;
                }
                catch (Exception e) when (e is not FinalityViolationException && !TestContext.Current.CancellationToken.IsCancellationRequested)
                {
                    await Task.Delay(50, TestContext.Current.CancellationToken);
                }
            }
        }

        public async Task CheckAsync(bool complete)
        {
            var tip = (long)(_chain.Tip?.Number ?? 0);
            Assert.Equal(await chain.EventsAsync(tip), _ledger.Standing.Select(p => (p.BlockHash, p.LogIndex)).ToHashSet());
            if (complete)
            {
                Assert.Equal(await chain.Anvil.BlockNumberAsync(), tip);
            }
        }
    }
}
