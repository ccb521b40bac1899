using Microsoft.EntityFrameworkCore;
using Workers.Encryption.Market;
using Workers.Encryption.Selling;
using Workers.Hosting.Cryptography;

namespace Workers.Encryption.Tests.Trading;

public sealed class SellHandlerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_is_answered_once_final_and_once_however_often_the_trade_is_looked_at()
    {
        await using var bench = await TradingBench.StartAsync();
        using var pair = P256KeyPair.Generate();
        await bench.AddPeriodAsync();
        await bench.AddTradeAsync(TradeStatus.Requested, block: 5, t => t.PublicKey = pair.PublicKey.ToArray());
        await bench.FinaliseAsync(4);
        await bench.SellAsync();
        Assert.Empty(await bench.QueuedAsync());
        Assert.Equal(SaleDecision.Accepted, (await bench.ReadAsync(db => db.Sales.SingleAsync(Cancellation))).Decision);

        await bench.FinaliseAsync(5);
        await bench.SellAsync();
        var answeredAt = (await bench.ReadAsync(db => db.Sales.SingleAsync(Cancellation))).AnsweredAt;
        Assert.NotNull(answeredAt);
        await bench.SellAsync();
        await bench.SellAsync();
        Assert.EndsWith("/respond", Assert.Single(await bench.QueuedAsync()), StringComparison.Ordinal);
        Assert.Equal(answeredAt, (await bench.ReadAsync(db => db.Sales.SingleAsync(Cancellation))).AnsweredAt);
    }

    [Fact]
    public async Task A_request_is_declined_once_final_and_once_however_often_the_trade_is_looked_at()
    {
        await using var bench = await TradingBench.StartAsync();
        using var pair = P256KeyPair.Generate();
        await bench.AddPeriodAsync();
        bench.Selling.DefaultMinimumPrice = 101;
        await bench.AddTradeAsync(TradeStatus.Requested, block: 5, t => t.PublicKey = pair.PublicKey.ToArray());
        await bench.FinaliseAsync(4);
        await bench.SellAsync();
        Assert.Empty(await bench.QueuedAsync());
        Assert.Equal(SaleDecision.Declined, (await bench.ReadAsync(db => db.Sales.SingleAsync(Cancellation))).Decision);

        await bench.FinaliseAsync(5);
        await bench.SellAsync();
        await bench.SellAsync();
        Assert.EndsWith("/decline", Assert.Single(await bench.QueuedAsync()), StringComparison.Ordinal);
    }

    /// <summary>The listener's word alone does not do: its message may be older than the reorganisation.</summary>
    [Fact]
    public async Task A_request_whose_block_the_node_no_longer_has_is_neither_answered_nor_declined()
    {
        await using var bench = await TradingBench.StartAsync();
        using var pair = P256KeyPair.Generate();
        await bench.AddPeriodAsync();
        await bench.AddTradeAsync(TradeStatus.Requested, block: 10, t => t.PublicKey = pair.PublicKey.ToArray());
        await bench.FinaliseAsync(10);
        await bench.Node.ReorganiseAsync(5);
        await bench.SellAsync();
        bench.Selling.DefaultMinimumPrice = 101;
        await bench.WithDbAsync(db => db.Sales.ExecuteDeleteAsync(Cancellation));
        await bench.SellAsync();
        Assert.Empty(await bench.QueuedAsync());
    }
}
