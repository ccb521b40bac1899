using System.Globalization;
using System.Net;
using System.Numerics;
using EndToEnd.Tests.Production;
using Ethereum.Abi;
using Ethereum.Contracts;
using Testing;
using Workers.Encryption.Datasets.Publishing;
using Workers.Standalone.Fleets;
using Workers.Standalone.IndustrialData;

namespace EndToEnd.Tests.Trading;

/// <summary>A dataset is uploaded, mixed, published, sold and delivered while the workers of both houses are killed with kill -9, one at each step.</summary>
[Collection(nameof(Alone))]
public sealed class KilledPublisherTests(HarmedMarket harmed, ITestOutputHelper output)
{
    private const decimal Price = 100 * DatasetSteps.Credit;
    private const int Piece = 64 * 1024;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_dies_between_upload_token_sale_and_delivery_each_step_is_on_chain_once_and_the_owner_gets_the_data()
    {
        var market = harmed.Market;
        var (publisher, buyer) = (market["keeper"], market.Buyer);
        var (before, earned) = (await market.Chain.BalanceAsync(buyer.Account), await market.Chain.BalanceAsync(publisher.Account));
        byte[] file = [.. Enumerable.Repeat(SampleDatasets.MaintenanceLog(), 40).SelectMany(m => m)];

        var id = Guid.NewGuid();
        await publisher.Client.DescribeAsync(id, new DatasetDraft("Maintenance", "lines", File: "log.txt", Offer: new(Price)), Token);
        var uploaded = await UploadAsync(publisher, id, file);
        await Patience.InsistAsync("the publication started", token => publisher.Client.PublishDatasetAsync(id, token));
        WorkerProcess[] own = [publisher.Worker, publisher.Listener];
        foreach (var (state, at) in new[] { "Mixing", "Mixed", "Uploaded" }.Select((s, i) => (s, i)))
        {
            await Patience.UntilAsync($"the dataset {state}", async token => HasReached((await publisher.Client.DatasetAsync(id, token)).State, state));
            await DieAsync(own[at % 2], state);
        }

        var listed = await EventAsync<DatasetMarket.ListedEvent>(e => e.Seller == publisher.Account);
        await DieAsync(publisher.Worker, "token and offer on chain");
        var dataset = await Patience.UntilAsync("the token final", async token => await publisher.Client.DatasetAsync(id, token) is { State: "Published" } d ? d : null);
        Assert.Equal(Number(listed.TokenId), dataset.TokenId);

        var purchase = Guid.NewGuid();
        var order = new { ListingId = (long)listed.ListingId, dataset.TokenId, Amount = Price };
        await Patience.InsistAsync("the purchase taken", token => buyer.Client.OrderAsync("purchases", purchase, order, token));
        await DieAsync(buyer.Worker, "purchase queued");
        await Patience.UntilAsync("the purchase in a block", async token => (await buyer.Client.OrderAsync("purchases", purchase, order, token)).State is "Mined" or "Final");

        var asked = Guid.NewGuid();
        await Patience.InsistAsync("the data asked for", token => buyer.Client.AskAsync(asked, dataset.TokenId!, token));
        await DieAsync(buyer.Listener, "request queued");
        await EventAsync<DatasetMarket.DataRequestedEvent>(e => e.TokenId == listed.TokenId);
        await DieAsync(publisher.Listener, "request on chain");
        await DieAsync(publisher.Worker, "request on chain");
        await EventAsync<DatasetMarket.DataDeliveredEvent>(e => e.TokenId == listed.TokenId);
        await DieAsync(buyer.Worker, "delivery on chain");
        var received = await Patience.UntilAsync("the data received", async token => await buyer.Client.AskedAsync(asked, token) is { State: "Received" or "Failed" } a ? a : null);

        Assert.Equal(("Received", null), (received.State, received.Problem));
        var data = await File.ReadAllBytesAsync(received.File!, Token);
        Assert.True(file.AsSpan().SequenceEqual(data), "The data came out otherwise than it went in.");
        Assert.InRange(uploaded, file.Length / 3, file.Length - 1);
        Assert.Single(await EventsAsync<DatasetMarket.PublishedEvent>(e => e.Publisher == publisher.Account));
        Assert.Single(await EventsAsync<DatasetMarket.ListedEvent>(e => e.TokenId == listed.TokenId));
        Assert.Single(await EventsAsync<DatasetMarket.SoldEvent>(e => e.TokenId == listed.TokenId));
        Assert.Single(await EventsAsync<DatasetMarket.DataRequestedEvent>(e => e.TokenId == listed.TokenId));
        Assert.Single(await EventsAsync<DatasetMarket.DataDeliveredEvent>(e => e.TokenId == listed.TokenId));
        Assert.Equal(new BigInteger(Price), before - await market.Chain.BalanceAsync(buyer.Account));
        Assert.Equal(new BigInteger(Price), await market.Chain.BalanceAsync(publisher.Account) - earned);
        await Audit.CheckAsync(market);

        Task<TEvent> EventAsync<TEvent>(Func<TEvent, bool> wanted)
            where TEvent : class, IEvent<TEvent> => Patience.UntilAsync(typeof(TEvent).Name, async _ => (await EventsAsync(wanted)).FirstOrDefault());

        async Task<List<TEvent>> EventsAsync<TEvent>(Func<TEvent, bool> wanted)
            where TEvent : IEvent<TEvent> => [.. (await market.Chain.EventsAsync<TEvent>(market.Chain.Contracts.DatasetMarket)).Select(e => e.Event).Where(wanted)];
    }

    private static string Number(BigInteger tokenId) => "0x" + tokenId.ToString("x64", CultureInfo.InvariantCulture)[^64..];

    private static bool HasReached(string state, string wanted)
    {
        string[] order = ["Draft", "Mixing", "Mixed", "Uploaded", "Published"];
        return Array.IndexOf(order, state) >= Array.IndexOf(order, wanted);
    }

    /// <summary>Uploads a third; while the rest is on its slow way, the worker dies. Goes on where the worker then says.</summary>
    /// <returns>Where that was.</returns>
    private async Task<long> UploadAsync(Organisation publisher, Guid id, byte[] file)
    {
        var third = file.Length / 3;
        await publisher.Client.AppendAsync(id, 0, file.AsMemory(0, third), Token);
        using var slow = new SlowContent(file.AsMemory(third));
        var rest = publisher.Client.SendAsync<UploadView>(HttpMethod.Patch, $"api/datasets/{id}/file?offset={third}", slow, Token);
        await slow.UnderWay;
        await DieAsync(publisher.Worker, "upload under way");
        await Assert.ThrowsAsync<HttpRequestException>(() => rest);
        var there = (await Patience.UntilAsync("the upload's end", async token => await publisher.Client.DatasetAsync(id, token))).Uploaded;
        await publisher.Client.AppendAsync(id, there, file.AsMemory((int)there), Token);
        return there;
    }

    private async Task DieAsync(WorkerProcess worker, string step)
    {
        output.WriteLine($"{step}: {worker.Name} is killed");
        await worker.KillAsync();
        await worker.RestartAsync(Token);
    }

    /// <summary>A slow connection: a piece every 50 ms.</summary>
    private sealed class SlowContent(ReadOnlyMemory<byte> bytes) : HttpContent
    {
        private readonly TaskCompletionSource _underWay = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Ends when a tenth is sent.</summary>
        public Task UnderWay => _underWay.Task;

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            for (var at = 0; at < bytes.Length; at += Piece)
            {
                await stream.WriteAsync(bytes.Slice(at, Math.Min(Piece, bytes.Length - at)), Token);
                await stream.FlushAsync(Token);
                await Task.Delay(_underWay.Task.IsCompleted ? 1_000 : 50, Token);
                if (at > bytes.Length / 10)
                {
                    _underWay.TrySetResult();
                }
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = bytes.Length;
            return true;
        }
    }
}
