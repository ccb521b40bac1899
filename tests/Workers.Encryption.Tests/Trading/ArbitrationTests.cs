using Microsoft.EntityFrameworkCore;
using Workers.Encryption.Arbitration;
using Workers.Encryption.Market;
using Workers.Hosting.Messaging;

namespace Workers.Encryption.Tests.Trading;

/// <summary>When the arbiter judges, and when it leaves a dispute to its time limit.</summary>
public sealed class ArbitrationTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_dispute_is_judged_only_once_final_and_once_however_often_the_trade_is_looked_at()
    {
        await using var bench = await TradingBench.StartAsync();
        await DisputeAsync(bench);
        await bench.FinaliseAsync(4);
        await bench.ArbitrateAsync();
        Assert.Empty(await bench.PublishedAsync<JudgeDispute>());
        await bench.FinaliseAsync(5);
        for (var i = 0; i < 3; i++)
        {
            await bench.ArbitrateAsync();
        }

        Assert.Single(await bench.PublishedAsync<JudgeDispute>());
    }

    [Fact]
    public async Task A_dispute_under_another_arbiter_is_not_ours()
    {
        await using var bench = await TradingBench.StartAsync();
        await DisputeAsync(bench, t => t.Arbiter = TradingBench.Stranger);
        await bench.FinaliseAsync(10);
        await bench.ArbitrateAsync();
        Assert.Empty(await bench.PublishedAsync<JudgeDispute>());
    }

    [Fact]
    public async Task A_dispute_is_ruled_on_once_however_often_it_is_judged()
    {
        await using var bench = await TradingBench.StartAsync();
        var cid = await bench.StoreAsync([1, 2, 3]);
        await bench.AddSealAsync(block: 3, change: v => v["cid"] = cid);
        await DisputeAsync(bench);
        await bench.FinaliseAsync(10);
        await bench.ArbitrateAsync();
        await bench.JudgeAsync();
        await bench.JudgeAsync();
        Assert.EndsWith("/rule", Assert.Single(await bench.QueuedAsync()), StringComparison.Ordinal);
        Assert.Equal(100, (await RulingAsync(bench))!.ToBuyer);
    }

    [Fact]
    public async Task A_dispute_that_vanished_after_it_was_noted_is_not_ruled_on_and_is_judged_anew_when_it_comes_back()
    {
        await using var bench = await TradingBench.StartAsync();
        await bench.AddSealAsync(block: 3);
        await DisputeAsync(bench);
        await bench.FinaliseAsync(10);
        await bench.ArbitrateAsync();
        await bench.ChangeTradeAsync(t => t.Status = TradeStatus.Answered);
        await bench.JudgeAsync();
        Assert.Empty(await bench.QueuedAsync());
        Assert.Null(await RulingAsync(bench));
        await bench.ChangeTradeAsync(t => t.Status = TradeStatus.Disputed);
        await bench.ArbitrateAsync();
        Assert.Equal(2, (await bench.PublishedAsync<JudgeDispute>()).Count);
    }

    [Fact]
    public async Task A_blob_larger_than_the_arbiter_fetches_is_told_to_the_operator_and_ruled_on_once_the_limit_is_raised()
    {
        await using var bench = await TradingBench.StartAsync();
        var cid = await bench.StoreAsync([1, 2, 3]);
        await bench.AddSealAsync(block: 3, change: v => v["cid"] = cid);
        await DisputeAsync(bench);
        await bench.FinaliseAsync(10);
        await bench.ArbitrateAsync();
        bench.Buying.MaxBytes = 2;
        var told = await Assert.ThrowsAsync<RejectedException>(bench.JudgeAsync);
        Assert.Contains("Buying:MaxBytes (2)", told.Message, StringComparison.Ordinal);
        Assert.Contains("replay", told.Message, StringComparison.Ordinal);
        await bench.ArbitrateAsync();
        Assert.Single(await bench.PublishedAsync<JudgeDispute>());
        Assert.Empty(await bench.QueuedAsync());

        bench.Buying.MaxBytes = 3;
        await bench.JudgeAsync();
        Assert.Single(await bench.QueuedAsync());
    }

    [Fact]
    public async Task A_blob_that_cannot_be_fetched_is_tried_until_the_margin_and_then_left_to_the_time_limit()
    {
        await using var bench = await TradingBench.StartAsync();
        await bench.AddSealAsync(block: 3);
        await DisputeAsync(bench);
        await bench.FinaliseAsync(10);
        await bench.ArbitrateAsync();
        await Assert.ThrowsAsync<TooEarlyException>(bench.JudgeAsync);
        var soon = await bench.TimeAsync() + bench.Buying.DisputeMargin;
        await bench.ChangeTradeAsync(t => t.RulingBy = soon);
        var told = await Assert.ThrowsAsync<RejectedException>(bench.JudgeAsync);
        Assert.Contains("cannot be fetched", told.Message, StringComparison.Ordinal);
        Assert.Empty(await bench.QueuedAsync());
    }

    private static Task DisputeAsync(TradingBench bench, Action<TradeRow>? change = null) => bench.AddTradeAsync(TradeStatus.Disputed, block: 5, t =>
    {
        (t.Arbiter, t.EncryptedKey, t.Evidence) = (TradingBench.Buyer, [1], []);
        change?.Invoke(t);
    });

    private static Task<RulingRow?> RulingAsync(TradingBench bench) => bench.ReadAsync(db => db.Rulings.AsNoTracking().SingleOrDefaultAsync(Cancellation));
}
