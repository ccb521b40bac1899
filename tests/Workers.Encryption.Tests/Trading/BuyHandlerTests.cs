using Microsoft.EntityFrameworkCore;
using Workers.Encryption.Buying;
using Workers.Encryption.Market;

namespace Workers.Encryption.Tests.Trading;

public sealed class BuyHandlerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_purchase_is_closed_only_once_its_end_is_final()
    {
        await using var bench = await TradingBench.StartAsync();
        var purchase = await bench.AddPurchaseAsync(PurchaseState.Delivered);
        await bench.AddTradeAsync(TradeStatus.Paid, block: 5, t => t.PublicKey = purchase.PublicKey);
        await bench.FinaliseAsync(4);
        await bench.BuyAsync();
        Assert.Equal(PurchaseState.Delivered, await StateAsync(bench));
        await bench.FinaliseAsync(5);
        await bench.BuyAsync();
        Assert.Equal(PurchaseState.Closed, await StateAsync(bench));
    }

    [Fact]
    public async Task An_end_whose_block_the_node_no_longer_has_closes_nothing()
    {
        await using var bench = await TradingBench.StartAsync();
        var purchase = await bench.AddPurchaseAsync(PurchaseState.Delivered);
        await bench.AddTradeAsync(TradeStatus.Paid, block: 10, t => t.PublicKey = purchase.PublicKey);
        await bench.FinaliseAsync(10);
        await bench.Node.ReorganiseAsync(5);
        await bench.BuyAsync();
        Assert.Equal(PurchaseState.Delivered, await StateAsync(bench));
    }

    [Fact]
    public async Task The_delivery_of_one_answer_has_one_message_id_and_that_of_another_answer_another()
    {
        await using var bench = await TradingBench.StartAsync();
        var purchase = await bench.AddPurchaseAsync(PurchaseState.Requested);
        await bench.AddTradeAsync(TradeStatus.Answered, block: 5, t => (t.PublicKey, t.EncryptedKey) = (purchase.PublicKey, [1]));
        await bench.BuyAsync();
        await bench.BuyAsync();
        var ids = (await bench.PublishedAsync<DeliverPurchase>()).Select(m => m.MessageId).ToList();
        Assert.Equal(2, ids.Count);
        Assert.Single(ids.Distinct());

        await bench.ChangeTradeAsync(t => t.EncryptedKey = [2]);
        await bench.BuyAsync();
        Assert.NotEqual(ids[0], (await bench.PublishedAsync<DeliverPurchase>())[^1].MessageId);
    }

    [Theory]
    [InlineData(TradeStatus.Answered, PurchaseState.Delivered, false, "confirm")]
    [InlineData(TradeStatus.Answered, PurchaseState.Rejected, false, "dispute")]
    [InlineData(TradeStatus.Requested, PurchaseState.Requested, true, "refund")]
    [InlineData(TradeStatus.Disputed, PurchaseState.Rejected, true, "expire-dispute")]
    public async Task A_step_is_queued_once_however_often_the_trade_is_looked_at_and_again_for_a_fact_in_another_block(
        TradeStatus status, PurchaseState state, bool isLate, string step)
    {
        await using var bench = await TradingBench.StartAsync();
        var purchase = await bench.AddPurchaseAsync(state);
        await bench.AddTradeAsync(status, block: 5, t =>
        {
            t.PublicKey = purchase.PublicKey;
            if (isLate)
            {
                t.AnswerBy = t.RulingBy = DateTimeOffset.UnixEpoch;
            }
        });
        for (var i = 0; i < 3; i++)
        {
            await bench.BuyAsync();
        }

        Assert.EndsWith($"/{step}", Assert.Single(await bench.QueuedAsync()), StringComparison.Ordinal);

        // The first one may have been refused while the fact was gone: its key must not stand in the way of the one that came back.
        var hash = await bench.HashAsync(6);
        await bench.ChangeTradeAsync(t => (t.BlockNumber, t.BlockHash) = (6, hash));
        await bench.BuyAsync();
        await bench.BuyAsync();
        Assert.Equal(2, (await bench.QueuedAsync()).Count);
    }

    [Fact]
    public async Task A_trade_of_another_key_or_buyer_under_the_purchases_number_is_left_alone()
    {
        await using var bench = await TradingBench.StartAsync();
        var purchase = await bench.AddPurchaseAsync(PurchaseState.Delivered);
        await bench.AddTradeAsync(TradeStatus.Answered, block: 5, t => t.PublicKey = [4]);
        await bench.BuyAsync();
        await bench.ChangeTradeAsync(t => (t.PublicKey, t.Buyer) = (purchase.PublicKey, TradingBench.Stranger));
        await bench.BuyAsync();
        Assert.Empty(await bench.QueuedAsync());
    }

    private static async Task<PurchaseState> StateAsync(TradingBench bench) =>
        (await bench.ReadAsync(db => db.Purchases.AsNoTracking().SingleAsync(Cancellation))).State;
}
