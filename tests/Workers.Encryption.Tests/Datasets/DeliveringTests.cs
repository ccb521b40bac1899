using System.Text;
using System.Text.Json;
using ContentStore;
using Contracts.Messages;
using Ethereum;
using Ethereum.Contracts;
using Microsoft.EntityFrameworkCore;
using Testing;
using Workers.Encryption.Datasets.Delivering;
using Workers.Encryption.Datasets.Publishing;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Messaging;

namespace Workers.Encryption.Tests.Datasets;

/// <summary>Whoever owns the token when nothing can change any more gets the data.</summary>
public sealed class DeliveringTests
{
    private static readonly DatasetDraft Lines = new("Lines", "lines", File: "lines.txt");
    private static readonly byte[] Data = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 500).Select(i => $"line {i}\n")));
    private static readonly string Anna = AnvilNode.Accounts[1].Address.ToLowerInvariant(), Ben = AnvilNode.Accounts[2].Address.ToLowerInvariant();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_owner_gets_the_data_sealed_to_its_key_with_a_receipt_once_its_request_is_final()
    {
        await using var bench = await DatasetBench.StartAsync();
        var dataset = await SellAsync(bench, Anna);
        using var pair = P256KeyPair.Generate();
        var request = await bench.RequestAsync(dataset.TokenId!, Anna, pair.PublicKey.ToArray());
        await bench.NoticeAsync(request);
        Assert.Null(await bench.DeliveryAsync(request));

        await FinaliseAsync(bench);
        await bench.NoticeAsync(request);
        await bench.NoticeAsync(request);
        Assert.Single(await bench.PublishedAsync<DeliverDataset>());
        await bench.DeliverAsync(request);
        var delivery = (await bench.DeliveryAsync(request))!;
        await bench.DeliverAsync(request);
        Assert.Equal(delivery.Cid, (await bench.DeliveryAsync(request))!.Cid);
        Assert.Equal(DeliveryState.Sent, delivery.State);
        Assert.Equal($"delivery/{request}", (await bench.QueuedAsync())[^1]);

        await using var file = await bench.Content.OpenAsync(Cid.Parse(delivery.Cid!), 1 << 20, Cancellation);
        using var plain = new MemoryStream();
        await DeliveryFile.OpenAsync(pair, new DataRequestReference(31337, bench.Market, request), file, plain, Cancellation);
        Assert.Equal(Data, plain.ToArray());

        var receipt = JsonSerializer.Deserialize<DeliveryReceipt>(delivery.Receipt!)!;
        Assert.Equal(bench.Account.Address, receipt.Signer());
        Assert.Equal((dataset.TokenId, Anna, Hex.ToString(Cid.Parse(delivery.Cid!).ToArray())), (receipt.TokenId, receipt.Owner, receipt.Cid));
        Assert.Equal(await bench.HashAsync((long)receipt.BlockNumber), receipt.BlockHash);
        await bench.MineAsync($"delivery/{request}");
        Assert.Equal(Address.Zero, (await bench.Rpc.CallAsync(bench.Market, new DatasetMarket.DataRequestCall(request), Cancellation)).Requester);
        await bench.OutcomeAsync($"delivery/{request}", TransactionState.Final);
        Assert.Equal(DeliveryState.Delivered, (await bench.DeliveryAsync(request))!.State);
    }

    [Fact]
    public async Task A_token_that_was_passed_on_after_the_request_gives_the_data_to_nobody_until_its_new_owner_asks()
    {
        await using var bench = await DatasetBench.StartAsync();
        var dataset = await SellAsync(bench, Anna);
        using var pair = P256KeyPair.Generate();
        var request = await bench.RequestAsync(dataset.TokenId!, Anna, pair.PublicKey.ToArray());
        await TransferAsync(bench, dataset, Anna, Ben);
        await FinaliseAsync(bench);
        await bench.NoticeAsync(request);
        await bench.DeliverAsync(request);
        var refused = (await bench.DeliveryAsync(request))!;
        Assert.Equal((DeliveryState.Refused, null), (refused.State, refused.Cid));
        Assert.Contains(Ben, refused.Problem, StringComparison.Ordinal);
        Assert.False(File.Exists(bench.Encryption.Value.DeliveryFile(request)));

        var second = await bench.RequestAsync(dataset.TokenId!, Ben, pair.PublicKey.ToArray());
        await FinaliseAsync(bench);
        await bench.NoticeAsync(second);
        await bench.DeliverAsync(second);
        Assert.Equal((DeliveryState.Sent, Ben), ((await bench.DeliveryAsync(second))!.State, (await bench.DeliveryAsync(second))!.Requester));
    }

    [Fact]
    public async Task What_is_not_final_yet_takes_the_data_from_nobody()
    {
        await using var bench = await DatasetBench.StartAsync();
        var dataset = await SellAsync(bench, Anna);
        using var pair = P256KeyPair.Generate();
        var request = await bench.RequestAsync(dataset.TokenId!, Anna, pair.PublicKey.ToArray());
        await FinaliseAsync(bench);
        await TransferAsync(bench, dataset, Anna, Ben);
        await bench.NoticeAsync(request);
        await bench.DeliverAsync(request);
        Assert.Equal(DeliveryState.Sent, (await bench.DeliveryAsync(request))!.State);
        await bench.OutcomeAsync($"delivery/{request}", TransactionState.Reverted, "UnknownRequest");
        var failed = (await bench.DeliveryAsync(request))!;
        Assert.Equal(DeliveryState.Failed, failed.State);
        Assert.Contains("UnknownRequest", failed.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reorganisation_that_takes_the_sale_back_gives_the_data_to_nobody()
    {
        await using var bench = await DatasetBench.StartAsync();
        var dataset = await SellAsync(bench, to: null);
        await TransferAsync(bench, dataset, DatasetBench.House, Anna);
        using var pair = P256KeyPair.Generate();
        var request = await bench.RequestAsync(dataset.TokenId!, Anna, pair.PublicKey.ToArray());
        await bench.Node.ReorganiseAsync(2);
        await FinaliseAsync(bench);
        await bench.NoticeAsync(request);
        Assert.Null(await bench.DeliveryAsync(request));

        // Even if it was told before: nothing is final that is not on the chain.
        await bench.AddAsync(new DeliveryRow { RequestId = request, RequestBlockHash = "0x", DatasetId = dataset.Id, Requester = Anna, At = default });
        await Assert.ThrowsAsync<TooEarlyException>(() => bench.DeliverAsync(request));
        Assert.Equal(bench.Account.Address, await bench.Rpc.CallAsync(bench.Token, new MarketToken.OwnerOfCall(TokenNumber.Parse(dataset.TokenId!)), Cancellation));
    }

    [Fact]
    public async Task A_node_on_another_branch_than_the_listeners_is_not_asked_who_owns_a_token()
    {
        await using var bench = await DatasetBench.StartAsync();
        await FinaliseAsync(bench);
        await bench.WithDbAsync(db => db.Finality.ExecuteUpdateAsync(s => s.SetProperty(f => f.BlockHash, "0x" + new string('e', 64)), Cancellation));
        await bench.WithDbAsync(db => Assert.ThrowsAsync<TooEarlyException>(() => bench.Chain(db).FinalOwnerAsync(1, Cancellation)));
    }

    [Fact]
    public async Task A_damaged_seed_is_told_by_name_and_others_are_delivered()
    {
        await using var bench = await DatasetBench.StartAsync();
        var damaged = await SellAsync(bench, Anna);
        var good = await bench.PublishAsync(Lines with { Name = "Good" }, [.. Data, .. "more\n"u8]);
        await TransferAsync(bench, good, DatasetBench.House, Anna);
        var seed = damaged.WrappedSeed!;
        seed[^1] ^= 1;
        await bench.WithDbAsync(db => db.Datasets.Where(d => d.Id == damaged.Id).ExecuteUpdateAsync(s => s.SetProperty(d => d.WrappedSeed, seed), Cancellation));
        using var pair = P256KeyPair.Generate();
        var first = await bench.RequestAsync(damaged.TokenId!, Anna, pair.PublicKey.ToArray());
        var second = await bench.RequestAsync(good.TokenId!, Anna, pair.PublicKey.ToArray());
        await FinaliseAsync(bench);
        await bench.NoticeAsync(first);
        await bench.NoticeAsync(second);
        Assert.Contains(damaged.Id.ToString(), (await Assert.ThrowsAsync<RejectedException>(() => bench.DeliverAsync(first))).Message, StringComparison.Ordinal);
        await bench.DeliverAsync(second);
        Assert.Equal((DeliveryState.Preparing, DeliveryState.Sent), ((await bench.DeliveryAsync(first))!.State, (await bench.DeliveryAsync(second))!.State));

        // Mended, the replayed message is answered.
        seed[^1] ^= 1;
        await bench.WithDbAsync(db => db.Datasets.Where(d => d.Id == damaged.Id).ExecuteUpdateAsync(s => s.SetProperty(d => d.WrappedSeed, seed), Cancellation));
        await bench.DeliverAsync(first);
        Assert.Equal(DeliveryState.Sent, (await bench.DeliveryAsync(first))!.State);
    }

    [Fact]
    public async Task Requests_for_somebody_elses_datasets_are_left_alone()
    {
        await using var bench = await DatasetBench.StartAsync();
        var dataset = await SellAsync(bench, Anna);
        using var pair = P256KeyPair.Generate();
        var request = await bench.RequestAsync(dataset.TokenId!, Anna, pair.PublicKey.ToArray());
        await bench.WithDbAsync(db => db.Datasets.ExecuteUpdateAsync(s => s.SetProperty(d => d.TokenId, (string?)null), Cancellation));
        await FinaliseAsync(bench);
        await bench.NoticeAsync(request);
        Assert.Null(await bench.DeliveryAsync(request));
    }

    [Fact]
    public async Task A_request_that_was_final_before_the_house_knew_its_own_token_is_answered_then()
    {
        await using var bench = await DatasetBench.StartAsync();
        var dataset = await bench.MixAsync(Lines, Data);
        await bench.UploadAsync(dataset.Id);
        var key = $"dataset/{dataset.Id}/publish/1";
        await bench.MineAsync(key);
        var token = (await bench.DatasetAsync(dataset.Id)).TokenId!;
        using var pair = P256KeyPair.Generate();
        var request = await bench.RequestAsync(token, DatasetBench.House, pair.PublicKey.ToArray());
        await FinaliseAsync(bench);
        await bench.NoticeAsync(request);
        Assert.Null(await bench.DeliveryAsync(request));
        await bench.OutcomeAsync(key, TransactionState.Final);
        Assert.Single(await bench.PublishedAsync<DataRequestChanged>());
        await bench.NoticeAsync(request);
        Assert.NotNull(await bench.DeliveryAsync(request));
    }

    [Fact]
    public async Task A_request_that_is_saved_while_its_block_becomes_final_is_answered()
    {
        await using var bench = await DatasetBench.StartAsync();
        var dataset = await bench.PublishAsync(Lines, Data);
        using var pair = P256KeyPair.Generate();
        var request = 0L;
        await bench.FinaliseAsync(await bench.Node.BlockNumberAsync() + 1, beforeSaved: async () =>
        {
            // By what is saved so far it is not final: nobody who looks at it now answers it.
            request = await bench.RequestAsync(dataset.TokenId!, DatasetBench.House, pair.PublicKey.ToArray());
            await bench.NoticeAsync(request);
            Assert.Null(await bench.DeliveryAsync(request));
        });
        Assert.NotNull(await bench.DeliveryAsync(request));
    }

    /// <summary>A published dataset whose token somebody was given.</summary>
    private static async Task<DatasetRow> SellAsync(DatasetBench bench, string? to)
    {
        var dataset = await bench.PublishAsync(Lines, Data);
        if (to is not null)
        {
            await TransferAsync(bench, dataset, DatasetBench.House, to);
        }

        return dataset;
    }

    private static async Task TransferAsync(DatasetBench bench, DatasetRow dataset, string from, string to) => await bench.SendAsync(
        bench.Token, new MarketToken.SafeTransferFromCall(Address.Parse(from), Address.Parse(to), TokenNumber.Parse(dataset.TokenId!), 1, []).Encode(), from);

    private static async Task FinaliseAsync(DatasetBench bench)
    {
        await bench.Node.MineAsync(3);
        await bench.FinaliseAsync(await bench.Node.BlockNumberAsync() - 1);
    }
}
