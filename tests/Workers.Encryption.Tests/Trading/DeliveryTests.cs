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
        var seal = await SealAsync(bench);
        var purchase = await bench.AddPurchaseAsync(PurchaseState.Requested, seal.SealId);
        await bench.AddAsync(seal);
        await bench.AddTradeAsync(TradeStatus.Answered, block: 5, t => (t.SealId, t.PublicKey, t.EncryptedKey) =
            (Context.SealId.ToString(), purchase.PublicKey, TradeAnswer.Seal(purchase.PublicKey, Key, bench.Reference)));
        await bench.FinaliseAsync(10);
        bench.Buying.MaxBytes = 99_999;
        await bench.DeliverAsync(purchase.Id);
        var rejected = await PurchaseAsync(bench);
        Assert.Equal((PurchaseState.Rejected, false), (rejected.State, rejected.ProvableByKey));
    }

    /// <summary>
    /// A message whose connection broke is delivered again while its first handler may still run. Neither may spoil the other's files,
    /// nor take away those of a handler that has finished.
    /// </summary>
    [Fact]
    public async Task Two_deliveries_of_one_purchase_at_once_leave_all_of_its_files()
    {
        await using var bench = await TradingBench.StartAsync();
        string[] names = [.. Enumerable.Range(0, 50).Select(i => $"{i:00}.eml")];
        foreach (var name in names)
        {
            Put(name, new byte[1_000]);
        }

        var seal = await SealAsync(bench);
        var folder = Path.Combine(Directory.CreateTempSubdirectory("delivery-").FullName, "purchase");
        for (var round = 0; round < 5; round++)
        {
            var opened = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => bench.Reader.OpenAsync(seal, Key, folder, Cancellation), Cancellation)));
            Assert.All(opened, o => Assert.Equal(names.Length, o.Files));
            Assert.Equal(names, Directory.GetFiles(folder, "*.eml").Select(Path.GetFileName).Order(StringComparer.Ordinal));
            Assert.Equal([folder], Directory.GetFileSystemEntries(Path.GetDirectoryName(folder)!));
            Assert.Empty(bench.Opening);

            // What stands in the folder of the first delivery stays, whoever delivers again.
            Assert.Equal(round > 0, File.Exists(Path.Combine(folder, "note")));
            await File.WriteAllTextAsync(Path.Combine(folder, "note"), "read", Cancellation);
        }
    }

    private async Task<ListedSealRow> SealAsync(TradingBench bench)
    {
        var sealedBlob = await Sealer.SealAsync(Space, List(), Context, Key, Blob, progress: null, Cancellation);
        var cid = await bench.StoreAsync(await File.ReadAllBytesAsync(Blob, Cancellation));
        return Listed(sealedBlob!.ContentHash, cid, block: 3, await bench.HashAsync(3));
    }

    private static async Task<PurchaseRow> AnsweredAsync(TradingBench bench)
    {
        var purchase = await bench.AddPurchaseAsync(PurchaseState.Requested);
        await bench.AddTradeAsync(TradeStatus.Answered, block: 5, t => (t.PublicKey, t.EncryptedKey) = (purchase.PublicKey, new byte[113]));
        return purchase;
    }

    private static Task<PurchaseRow> PurchaseAsync(TradingBench bench) => bench.ReadAsync(db => db.Purchases.AsNoTracking().SingleAsync(Cancellation));
}
