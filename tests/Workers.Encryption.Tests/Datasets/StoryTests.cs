using Ethereum.Rpc;
using Ethereum.Transactions;
using Spectre.Console;
using Testing;
using Workers.Standalone.Chain;
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

    /// <summary>A chain with the contracts and the market's fleets on it.</summary>
    private sealed class MarketStage(AnvilNode node, HttpClient http, LocalKeySigner issuer, DirectoryInfo directory) : IAsyncDisposable
    {
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
            Contracts = await deployment.DeployAsync(Cancellation);
            Market = await DatasetHouses.StartAsync(directory.FullName, node.Address, Contracts, deployment, Cancellation);
        }
    }
}
