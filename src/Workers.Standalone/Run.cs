using System.Numerics;
using Ethereum;
using Ethereum.Rpc;
using Ethereum.Transactions;
using Spectre.Console;
using Workers.Standalone.Chain;
using Workers.Standalone.Fleets;
using Workers.Standalone.IndustrialData;
using Workers.Standalone.Oracle;
using Workers.Standalone.PersonalData;
using Workers.Standalone.Sessions;
using Workers.Standalone.Zones;

namespace Workers.Standalone;

/// <summary>One <c>./run</c>: a chain, three organisations, a first round, then another round whenever data comes.</summary>
internal sealed class Run(RunSettings settings, IAnsiConsole console)
{
    // The first account of anvil's public mnemonic "test test … junk": it exists on development chains only.
    private const string OperatorKey = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

    private static readonly BigInteger Ether = BigInteger.Pow(10, 18);

    /// <summary>The personal-data market; after its first round, the other acts.</summary>
    /// <returns>The exit code: 0 when everything ended as it should.</returns>
    public Task<int> RunAsync(CancellationToken cancellationToken) => OnChainAsync(PlayAsync, cancellationToken);

    /// <summary>A session for training data alone.</summary>
    /// <inheritdoc cref="RunAsync"/>
    public Task<int> RunSessionAsync(CancellationToken cancellationToken) => OnChainAsync(PlaySessionAsync, cancellationToken);

    /// <summary>A model of the privacy game alone.</summary>
    /// <inheritdoc cref="RunAsync"/>
    public Task<int> RunOracleAsync(CancellationToken cancellationToken) => OnChainAsync(PlayOracleAsync, cancellationToken);

    /// <summary>The market of datasets: its story, then its pages.</summary>
    /// <inheritdoc cref="RunAsync"/>
    public Task<int> RunDatasetMarketAsync(CancellationToken cancellationToken) => OnChainAsync(PlayDatasetMarketAsync, cancellationToken);

    /// <summary>Anonymous zones, and penalties for those who cheat.</summary>
    /// <inheritdoc cref="RunAsync"/>
    public Task<int> RunZonesAsync(CancellationToken cancellationToken) => OnChainAsync(PlayZonesAsync, cancellationToken);

    private async Task<int> OnChainAsync(Func<Stage, CancellationToken, Task<bool>> play, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.Combine(settings.Directory, "logs"));
        console.MarkupLineInterpolated($"[bold]A private-data market on this machine[/]; keys, databases, files and logs are in {settings.Directory}");
        try
        {
            await using var chain = await AnvilProcess.StartAsync(Path.Combine(settings.Directory, "logs", "anvil.log"), cancellationToken);
            using var http = new HttpClient(EthereumRpc.CreateHandler());
            var rpc = new EthereumRpc(http, new EthereumRpcOptions { Endpoints = [chain.Address] }, TimeProvider.System);
            using var operatorAccount = new LocalKeySigner(Convert.FromHexString(OperatorKey));
            var deployment = new MarketDeployment(rpc, operatorAccount);
            var contracts = await deployment.DeployAsync(TimeSpan.FromSeconds(10), cancellationToken, attestors: ZoneMarket.MakeAttestors(settings.Directory));
            console.WriteLine($"chain     {chain.Address} (anvil)");
            console.WriteLine($"contracts MarketToken {contracts.MarketToken}, DataTrades {contracts.DataTrades}, TradingSessions {contracts.TradingSessions}, DatasetMarket {contracts.DatasetMarket}, PrivacyOracle {contracts.PrivacyOracle}");
            return await play(new Stage(chain.Address, rpc, contracts, deployment), cancellationToken) ? 0 : 1;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            console.MarkupLine("Stopped.");
            return settings.Once ? 130 : 0;
        }
    }

    private async Task<Fleets.Fleets> StartFleetsAsync(Stage stage, CancellationToken cancellationToken)
    {
        var fleets = await Fleets.Fleets.StartAsync(settings, stage.Chain, stage.Contracts, cancellationToken);
        foreach (var fleet in fleets.All)
        {
            var account = Address.Parse(await fleet.Client.AccountAsync(cancellationToken));
            await stage.Deployment.FundAsync(account, 100 * Ether, cancellationToken);
            console.WriteLine($"{fleet.Name,-9} {account}, API described at {fleet.Client.Address}openapi/v1.json");
        }

        var buyer = Address.Parse(await fleets.Buyer.Client.AccountAsync(cancellationToken));
        await stage.Deployment.IssueAsync(stage.Contracts, buyer, 1_000_000 * Ether, cancellationToken);
        return fleets;
    }

    private Task<bool> PlaySessionAsync(Stage stage, CancellationToken cancellationToken) =>
        new SessionStory(settings.Directory, stage.Chain, stage.Rpc, stage.Contracts, stage.Deployment, console).PlayAsync(cancellationToken);

    private Task<bool> PlayOracleAsync(Stage stage, CancellationToken cancellationToken) =>
        new OracleStory(settings.Directory, stage.Chain, stage.Rpc, stage.Contracts, stage.Deployment, console).PlayAsync(cancellationToken);

    private Task<bool> PlayZonesAsync(Stage stage, CancellationToken cancellationToken) =>
        new ZoneStory(settings.Directory, stage.Chain, stage.Rpc, stage.Contracts, stage.Deployment, console).PlayAsync(cancellationToken);

    private async Task<bool> PlayDatasetMarketAsync(Stage stage, CancellationToken cancellationToken)
    {
        await using var market = await DatasetHouses.StartAsync(settings.Directory, stage.Chain, stage.Contracts, stage.Deployment, cancellationToken);
        foreach (var fleet in market.All)
        {
            console.WriteLine($"{fleet.Name,-9} {await fleet.Client.AccountAsync(cancellationToken)}, pages at {fleet.Client.Address}, API described at {fleet.Client.Address}openapi/v1.json");
        }

        var story = new DatasetStory(market, console);
        var succeeded = await story.PlayAsync(cancellationToken);
        if (settings.Once)
        {
            return succeeded;
        }

        await story.OfferToVisitorsAsync(cancellationToken);
        console.MarkupLineInterpolated($"The market's pages are at [bold]{market[DatasetHouses.Company].Client.Address}[/], with two datasets on offer.");
        console.MarkupLineInterpolated($"To buy, bid and publish, import the key in [bold]{market.VisitorKey}[/] into a wallet: it has 1,000 credits. The wallet connects to {stage.Chain} (chain 31337). Ctrl-C ends.");
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return succeeded;
    }

    private async Task<bool> PlayAsync(Stage stage, CancellationToken cancellationToken)
    {
        await using var fleets = await StartFleetsAsync(stage, cancellationToken);
        var market = new Market(fleets, settings, console);
        await market.OpenAsync(cancellationToken);
        var succeeded = await market.RoundAsync(cancellationToken);
        console.WriteLine("Second act: a session for training data.");
        succeeded &= await PlaySessionAsync(stage, cancellationToken);
        console.WriteLine("Third act: datasets as tokens.");
        await using (var datasets = await DatasetHouses.StartAsync(settings.Directory, stage.Chain, stage.Contracts, stage.Deployment, cancellationToken))
        {
            succeeded &= await new DatasetStory(datasets, console).PlayAsync(cancellationToken);
        }

        console.WriteLine("Fourth act: oracles compute how to disguise queries.");
        succeeded &= await PlayOracleAsync(stage, cancellationToken);
        console.WriteLine("Fifth act: who asks is hidden behind others, and who cheats is found.");
        succeeded &= await PlayZonesAsync(stage, cancellationToken);

        if (settings.Once)
        {
            return succeeded;
        }

        console.MarkupLineInterpolated($"Drop files into {string.Join(", ", market.Folders)} and watch them being sealed and sold. Ctrl-C ends.");
        while (true)
        {
            await market.NewDataAsync(cancellationToken);
            await market.RoundAsync(cancellationToken);
        }
    }

    /// <summary>What the acts have in common.</summary>
    private sealed record Stage(Uri Chain, EthereumRpc Rpc, MarketContracts Contracts, MarketDeployment Deployment);
}
