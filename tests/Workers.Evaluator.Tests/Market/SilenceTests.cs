using Workers.Standalone.Fleets;
using Workers.Standalone.Sessions;

namespace Workers.Evaluator.Tests.Market;

/// <summary>Whoever falls silent pays for it, and nobody's money stays.</summary>
public sealed class SilenceTests(SharedSessions sessions)
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(15);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_candidate_that_never_shows_its_sample_loses_its_deposit()
    {
        var bench = await sessions.BenchAsync();
        var session = await bench.OpenAsync(await bench.OrderAsync() with { ReviewWindow = Short });
        using var silent = await bench.PlayAsync(session, SessionBench.Digits());
        await silent.CandidacyAsync(Cancellation);
        var ended = await EndAsync(bench, session);
        Assert.Equal(("ReviewMissing", 1_050 * SessionBench.Credit), (ended.Outcome, ended.ToCollector));
        Assert.Equal(9_950 * SessionBench.Credit, await bench.BalanceAsync(silent.Account));
    }

    [Fact]
    public async Task A_winner_that_never_claims_loses_its_deposit()
    {
        var bench = await sessions.BenchAsync();
        var session = await bench.OpenAsync(await bench.OrderAsync() with { ClaimWindow = Short });
        using var silent = await bench.PlayAsync(session, SessionBench.Digits());
        await silent.CandidacyAsync(Cancellation);
        await silent.ShowAsync(Cancellation);
        var ended = await EndAsync(bench, session);
        Assert.Equal(("ClaimMissing", 1_050 * SessionBench.Credit), (ended.Outcome, ended.ToCollector));
        Assert.Equal(9_950 * SessionBench.Credit, await bench.BalanceAsync(silent.Account));
    }

    [Fact]
    public async Task A_collector_that_walks_away_after_the_review_pays_its_share()
    {
        await using var bench = await SessionBench.StartAsync(new() { ["Collecting:EnoughProviders"] = "1" }, new ProviderSetup("alpha", SessionBench.Digits()));
        var alpha = bench.Market.Providers.Single().Client;

        // Block by block from here, so that the collector is gone before the block that could hold the review.
        await bench.Node.CallAsync("evm_setIntervalMining", 0);
        var session = await bench.OpenAsync(await bench.OrderAsync() with { DecisionWindow = TimeSpan.FromSeconds(60) });
        var call = new Ethereum.Contracts.TradingSessions.SessionCall(Ethereum.Hash32.Parse(session.SessionId));
        await SessionBench.EventuallyAsync(
            () => AfterABlockAsync(bench, async () => (await bench.Market.Rpc.CallAsync(bench.Market.Contracts.TradingSessions, call, Cancellation)).Candidate != Ethereum.Address.Zero),
            named => named, "the candidate");
        await bench.Market.Collector.DisposeAsync();
        var ended = await SessionBench.EventuallyAsync(() => AfterABlockAsync(bench, () => alpha.SessionAsync(session.SessionId, Cancellation)), s => s is { State: "Closed" }, "the session");
        Assert.Equal("WalkedAway", ended!.Outcome);
        Assert.Equal(10_100 * SessionBench.Credit, await bench.BalanceAsync(Ethereum.Address.Parse(await alpha.AccountAsync(Cancellation))));
    }

    /// <summary>Mines a block after about the time that it would have taken by itself.</summary>
    private static async Task<T> AfterABlockAsync<T>(SessionBench bench, Func<Task<T>> read)
    {
        await Task.Delay(400, Cancellation);
        await bench.Node.MineAsync();
        return await read();
    }

    private static Task<SessionView> EndAsync(SessionBench bench, CollectionView session) =>
        bench.UntilAsync(s => s.State == "Closed" && s.Providers.All(p => p.HasDepositBack || p.Account == s.Candidate), session.SessionId);
}
