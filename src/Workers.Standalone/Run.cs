using System.Numerics;
using Ethereum;
using Ethereum.Rpc;
using Ethereum.Transactions;
using Spectre.Console;
using Workers.Standalone.Chain;
using Workers.Standalone.Fleets;
using Workers.Standalone.PersonalData;

namespace Workers.Standalone;

/// <summary>One <c>./run</c>: a chain, three organisations, a first round, then another round whenever data comes.</summary>
internal sealed class Run(RunSettings settings, IAnsiConsole console)
{
    // The first account of anvil's public mnemonic "test test … junk": it exists on development chains only.
    private const string OperatorKey = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

    private static readonly BigInteger Ether = BigInteger.Pow(10, 18);

    /// <returns>The exit code: 0 when the round ended as it should.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.Combine(settings.Directory, "logs"));
        console.MarkupLineInterpolated($"[bold]A private-data market on this machine[/]; keys, databases, files and logs are in {settings.Directory}");
        try
        {
            await using var chain = await AnvilProcess.StartAsync(Path.Combine(settings.Directory, "logs", "anvil.log"), cancellationToken);
            await using var fleets = await StartFleetsAsync(chain, cancellationToken);
            var succeeded = await PlayAsync(fleets, cancellationToken);
            return succeeded ? 0 : 1;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            console.MarkupLine("Stopped.");
            return settings.Once ? 130 : 0;
        }
    }

    private async Task<Fleets.Fleets> StartFleetsAsync(AnvilProcess chain, CancellationToken cancellationToken)
    {
        using var http = new HttpClient(EthereumRpc.CreateHandler());
        var rpc = new EthereumRpc(http, new EthereumRpcOptions { Endpoints = [chain.Address] }, TimeProvider.System);
        using var operatorAccount = new LocalKeySigner(Convert.FromHexString(OperatorKey));
        var deployment = new MarketDeployment(rpc, operatorAccount);
        var contracts = await deployment.DeployAsync(cancellationToken);
        console.WriteLine($"chain     {chain.Address} (anvil)");
        console.WriteLine($"contracts MarketToken {contracts.MarketToken}, DataTrades {contracts.DataTrades}");

        var fleets = await Fleets.Fleets.StartAsync(settings, chain.Address, contracts, cancellationToken);
        foreach (var fleet in fleets.All)
        {
            var account = Address.Parse(await fleet.Client.AccountAsync(cancellationToken));
            await deployment.FundAsync(account, 100 * Ether, cancellationToken);
            console.WriteLine($"{fleet.Name,-9} {account}, API described at {fleet.Client.Address}openapi/v1.json");
        }

        var buyer = Address.Parse(await fleets.Buyer.Client.AccountAsync(cancellationToken));
        await deployment.IssueAsync(contracts, buyer, 1_000_000 * Ether, cancellationToken);
        return fleets;
    }

    private async Task<bool> PlayAsync(Fleets.Fleets fleets, CancellationToken cancellationToken)
    {
        var market = new Market(fleets, settings, console);
        await market.OpenAsync(cancellationToken);
        var succeeded = await market.RoundAsync(cancellationToken);
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
}
