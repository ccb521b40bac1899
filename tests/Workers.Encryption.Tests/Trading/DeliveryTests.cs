using Microsoft.EntityFrameworkCore;
using Workers.Encryption.Buying;
using Workers.Encryption.Market;
using Workers.Encryption.Sealing;
using Workers.Encryption.Tests.Sealing;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Messaging;

namespace Workers.Encryption.Tests.Trading;

/// <summary>When a delivery waits, and when it shows the trade's key to everybody.</summary>
public sealed class DeliveryTests : SealingFixture
{
    [Fact]
    public async Task An_answer_that_does_not_open_is_rejected_only_once_it_is_final()
    {
        await using var bench = await TradingBench.StartAsync();
        var purchase = await AnsweredAsync(bench);
        await bench.AddSealAsync(block: 3);
        await bench.FinaliseAsync(4);
        await Assert.ThrowsAsync<TooEarlyException>(() => bench.DeliverAsync(purchase.Id));
        Assert.Equal(PurchaseState.Requested, (await PurchaseAsync(bench)).State);
        await bench.FinaliseAsync(5);
        await bench.DeliverAsync(purchase.Id);
        await bench.DeliverAsync(purchase.Id);
        Assert.Equal((PurchaseState.Rejected, true), ((await PurchaseAsync(bench)).State, (await PurchaseAsync(bench)).ProvableByKey));
        Assert.Single(await bench.PublishedAsync<TradeChanged>());
    }

    [Fact]
    public async Task An_answer_is_not_held_against_a_record_that_the_chain_no_longer_has()
    {
        await using var bench = await TradingBench.StartAsync();
        var purchase = await AnsweredAsync(bench);
        await bench.AddSealAsync(block: null);
        await bench.FinaliseAsync(10);
        await Assert.ThrowsAsync<TooEarlyException>(() => bench.DeliverAsync(purchase.Id));
        Assert.Equal(PurchaseState.Requested, (await PurchaseAsync(bench)).State);
    }

    /// <summary>The answer is good: whoever saw the trade's key could open the owner's data.</summary>
    [Fact]
    public async Task A_good_answer_to_data_beyond_our_own_limit_is_rejected_without_the_key_as_evidence()
    {
        await using var bench = await TradingBench.StartAsync();
        Put("zeros", new byte[100_000]);
        var sealedBlob = await Sealer.SealAsync(Space, List(), Context, Key, Blob, progress: null, Cancellation);
        var cid = await bench.StoreAsync(await File.ReadAllBytesAsync(Blob, Cancellation));
        var purchase = await bench.AddPurchaseAsync(PurchaseState.Requested, Context.SealId.ToString());
        await bench.AddAsync(new ListedSealRow
        {
            SealId = Context.SealId.ToString(),
            ApplicationId = Context.ApplicationId.ToString(),
            Owner = Context.Owner.ToString(),
            Tag = Context.Tag.ToString(),
            Period = (long)Context.Period,
            KeyCommitment = SealIdentity.KeyCommitment(Context.SealId, Key).ToString(),
            ContentHash = sealedBlob!.ContentHash.ToString(),
            Cid = cid,
            SealedAt = DateTimeOffset.UnixEpoch,
            BlockNumber = 3,
            BlockHash = await bench.HashAsync(3),
        });
        await bench.AddTradeAsync(TradeStatus.Answered, block: 5, t => (t.SealId, t.PublicKey, t.EncryptedKey) =
            (Context.SealId.ToString(), purchase.PublicKey, TradeAnswer.Seal(purchase.PublicKey, Key, bench.Reference)));
        await bench.FinaliseAsync(10);
        bench.Buying.MaxBytes = 99_999;
        await bench.DeliverAsync(purchase.Id);
        var rejected = await PurchaseAsync(bench);
        Assert.Equal((PurchaseState.Rejected, false), (rejected.State, rejected.ProvableByKey));
    }

    private static async Task<PurchaseRow> AnsweredAsync(TradingBench bench)
    {
        var purchase = await bench.AddPurchaseAsync(PurchaseState.Requested);
        await bench.AddTradeAsync(TradeStatus.Answered, block: 5, t => (t.PublicKey, t.EncryptedKey) = (purchase.PublicKey, new byte[113]));
        return purchase;
    }

    private static Task<PurchaseRow> PurchaseAsync(TradingBench bench) => bench.ReadAsync(db => db.Purchases.AsNoTracking().SingleAsync(Cancellation));
}
