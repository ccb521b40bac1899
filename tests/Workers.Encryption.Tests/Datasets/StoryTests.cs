using System.Numerics;
using Ethereum.Abi;
using Ethereum.Rpc;
using Ethereum.Transactions;
using Spectre.Console;
using Testing;
using Workers.Standalone.Chain;
using Workers.Standalone.Fleets;
using Workers.Standalone.IndustrialData;

namespace Workers.Encryption.Tests.Datasets;

/// <summary>What <c>./run market --once</c> plays, with the publisher stopped and started in between.</summary>
public sealed class StoryTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Owners_get_their_data_former_owners_do_not_and_the_highest_bidder_wins()
    {
        await using var stage = await MarketStage.StartAsync();
        using var told = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(told) });
        Assert.True(await new DatasetStory(stage.Market, console).PlayAsync(Cancellation), told.ToString());
    }

    [Fact]
    public async Task A_publication_and_a_delivery_go_on_after_their_worker_was_stopped_at_any_moment()
    {
        await using var stage = await MarketStage.StartAsync();
        var market = stage.Market;
        var file = SampleDatasets.MaintenanceLog();
        var draft = new Workers.Encryption.Datasets.Publishing.DatasetDraft("Log", "csv", File: "log.csv", Offer: new(100 * DatasetSteps.Credit));
        var id = (await market[DatasetHouses.Company].Client.UploadAndPublishAsync(draft, file, Cancellation)).Id;
        foreach (var pause in new[] { 0, 200, 1_500 })
        {
            await Task.Delay(pause, Cancellation);
            await market.RestartAsync(DatasetHouses.Company, Cancellation);
        }

        var dataset = await market[DatasetHouses.Company].Client.PublishedAsync(id, Cancellation);
        Assert.Equal(("Published", null), (dataset.State, dataset.Problem));
        var buyer = market[DatasetHouses.FirstBuyer].Client;
        var token = await buyer.TokenAsync(dataset.TokenId!, t => t.Listing is { Status: "Sale" }, Cancellation);
        Assert.Null((await buyer.DoAsync("purchases", new { token.Listing!.ListingId, dataset.TokenId, Amount = 100 * DatasetSteps.Credit }, Cancellation)).Error);
        var receiving = buyer.ReceiveAsync(dataset.TokenId!, Cancellation);
        foreach (var pause in new[] { 2_000, 500, 500 })
        {
            await Task.Delay(pause, Cancellation);
            await market.RestartAsync(DatasetHouses.Company, Cancellation);
        }

        var asked = await receiving;
        Assert.Equal(("Received", null), (asked.State, asked.Problem));
        Assert.Equal(file, await File.ReadAllBytesAsync(asked.File!, Cancellation));
        Assert.Equal(1, (int)await stage.Rpc.CallAsync(stage.Contracts.DatasetMarket, new Ethereum.Contracts.DatasetMarket.ListingCountCall(), Cancellation));
    }

    [Fact]
    public async Task Who_is_overtaken_in_the_same_block_keeps_its_credit_and_nobody_buys_what_is_being_bid_for()
    {
        await using var stage = await MarketStage.StartAsync();
        var (maker, works) = (stage.Market[DatasetHouses.Company].Client, stage.Market[DatasetHouses.FirstBuyer].Client);
        var file = SampleDatasets.MaintenanceLog();
        var sale = await maker.UploadAndPublishAsync(new("Log", "csv", File: "log.csv", Offer: new(100 * DatasetSteps.Credit)), file, Cancellation);
        var auction = await maker.UploadAndPublishAsync(
            new("Half a log", "blocks", File: "half.csv", Offer: new(1 * DatasetSteps.Credit, Step: DatasetSteps.Credit, Duration: 3_600)), file.AsMemory(0, file.Length / 2), Cancellation);
        var offered = await works.TokenAsync((await maker.PublishedAsync(sale.Id, Cancellation)).TokenId!, t => t.Listing is { Status: "Sale" }, Cancellation);
        var bidFor = await works.TokenAsync((await maker.PublishedAsync(auction.Id, Cancellation)).TokenId!, t => t.Listing is { Status: "Auction" }, Cancellation);

        var bought = await works.DoAsync("purchases", new { bidFor.Listing!.ListingId, bidFor.TokenId, Amount = 50 * DatasetSteps.Credit }, Cancellation);
        Assert.Contains("WrongStatus", bought.Error, StringComparison.Ordinal);

        // Mallory sees the purchase wait for its block, and offers the block's maker more.
        var mallory = AnvilNode.Accounts[5].Address;
        await stage.GiveCreditAsync(mallory);
        await stage.SendAsync(mallory, stage.Contracts.MarketToken, new Ethereum.Contracts.MarketToken.ApproveCall(stage.Contracts.DatasetMarket, new(100 * DatasetSteps.Credit)), price: 2);
        await stage.Node.MineAsync();
        await stage.Node.CallAsync("evm_setIntervalMining", 0);
        var (before, id) = (await CreditAsync(works), Guid.NewGuid());
        var order = new { offered.Listing!.ListingId, offered.TokenId, Amount = 100 * DatasetSteps.Credit };
        await works.OrderAsync("purchases", id, order, Cancellation);
        await UntilPendingAsync(1);
        var token = new BigInteger(Convert.FromHexString(offered.TokenId[2..]), isUnsigned: true, isBigEndian: true);
        await stage.SendAsync(mallory, stage.Contracts.DatasetMarket, new Ethereum.Contracts.DatasetMarket.BuyCall(offered.Listing.ListingId, token, new(100 * DatasetSteps.Credit)), price: 100);
        await UntilPendingAsync(2);
        await stage.Node.MineAsync();
        await stage.Node.CallAsync("evm_setIntervalMining", 1);

        var lost = await works.OrderAsync("purchases", id, order, Cancellation);
        while (lost.State is not ("Final" or "Reverted"))
        {
            await Task.Delay(200, Cancellation);
            lost = await works.OrderAsync("purchases", id, order, Cancellation);
        }

        Assert.Equal("Reverted", lost.State);
        Assert.NotNull(lost.BlockNumber);
        Assert.Contains("WrongStatus", lost.Error, StringComparison.Ordinal);
        await works.TokenAsync(offered.TokenId, t => t.Status == "Held" && string.Equals(t.Owner, mallory, StringComparison.OrdinalIgnoreCase), Cancellation);
        Assert.Equal(before, await CreditAsync(works));
        Assert.Contains("NotAllowed", (await works.ReceiveAsync(offered.TokenId, Cancellation)).Problem, StringComparison.Ordinal);

        async Task UntilPendingAsync(int transactions)
        {
            for (var attempt = 0; (await stage.Node.CallAsync("txpool_status")).GetProperty("pending").GetString() != $"0x{transactions}"; attempt++)
            {
                Assert.True(attempt < 600, $"there are not {transactions} transactions waiting for a block");
                await Task.Delay(100, Cancellation);
            }
        }

        async Task<decimal> CreditAsync(FleetClient client) => (decimal)await stage.Rpc.CallAsync(
            stage.Contracts.MarketToken, new Ethereum.Contracts.MarketToken.BalanceOfAddressCall(Ethereum.Address.Parse(await client.AccountAsync(Cancellation))), Cancellation);
    }

    /// <summary>A chain with the contracts and the market's fleets on it.</summary>
    private sealed class MarketStage(AnvilNode node, HttpClient http, LocalKeySigner issuer, DirectoryInfo directory) : IAsyncDisposable
    {
        public AnvilNode Node => node;

        public DatasetHouses Market { get; private set; } = null!;

        public MarketContracts Contracts { get; private set; } = null!;

        public EthereumRpc Rpc { get; } = new(http, new EthereumRpcOptions { Endpoints = [node.Address] }, TimeProvider.System);

        public static async Task<MarketStage> StartAsync()
        {
            var stage = new MarketStage(
                await AnvilNode.StartAsync(new AnvilOptions(TimeSpan.FromSeconds(1)), Cancellation), new HttpClient(EthereumRpc.CreateHandler()),
                new LocalKeySigner(Convert.FromHexString(AnvilNode.Accounts[0].PrivateKey[2..])), Directory.CreateTempSubdirectory("datasets-"));
            await stage.OpenAsync();
            return stage;
        }

        /// <summary>Gives somebody without a fleet 1,000 credits.</summary>
        public Task GiveCreditAsync(string account) => new MarketDeployment(Rpc, issuer).IssueAsync(Contracts, Ethereum.Address.Parse(account), new(1_000 * DatasetSteps.Credit), Cancellation);

        /// <summary>Sends a call of one of the node's own accounts.</summary>
        /// <param name="price">In gwei for a unit of gas.</param>
        public async Task SendAsync(string from, Ethereum.Address to, ICall call, int price) => await Node.CallAsync("eth_sendTransaction", new
        {
            from,
            to = to.ToString(),
            gas = "0x7a120",
            gasPrice = $"0x{price * 1_000_000_000L:x}",
            data = "0x" + Convert.ToHexStringLower(call.Encode()),
        });

        public async ValueTask DisposeAsync()
        {
            if (Market is not null)
            {
                await Market.DisposeAsync();
            }

            await node.DisposeAsync();
            http.Dispose();
            issuer.Dispose();
            directory.Delete(recursive: true);
        }

        private async Task OpenAsync()
        {
            Directory.CreateDirectory(Path.Combine(directory.FullName, "logs"));
            var deployment = new MarketDeployment(Rpc, issuer);
            Contracts = await deployment.DeployAsync(TimeSpan.FromSeconds(10), Cancellation);
            Market = await DatasetHouses.StartAsync(directory.FullName, node.Address, Contracts, deployment, Cancellation);
        }
    }
}
