using System.CommandLine;
using Ethereum.Rpc;
using Ethereum.Transactions;
using Workers.Standalone.Chain;

namespace Workers.Standalone;

/// <summary><c>./run deploy</c>: the market's contracts on any chain, once per market.</summary>
internal static class DeployCommand
{
    public static Command Create()
    {
        var endpoint = new Option<string>("--endpoint") { Description = "JSON-RPC endpoint of the chain, such as http://127.0.0.1:8545.", Required = true };
        endpoint.Validators.Add(result =>
        {
            if (!Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            {
                result.AddError($"--endpoint takes an http or https address; '{result.Tokens[0].Value}' is none.");
            }
        });
        var key = new Option<FileInfo>("--key")
        {
            Description = "File with the deploying account's private key (64 hexadecimal digits, mode 0600). The account issues the credit and has no other power.",
            Required = true,
        };
        var command = new Command("deploy", "Deploy MarketToken, DataTrades, CommunicationLog, TradingSessions, DatasetMarket, PrivacyOracle, Conduct and Collaboration and print the settings that name them.") { endpoint, key };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                await DeployAsync(new Uri(parsed.GetValue(endpoint)!), parsed.GetValue(key)!.FullName, cancellationToken);
                return 0;
            }
            catch (Exception e) when (e is RpcException or IOException or InvalidDataException or UnauthorizedAccessException)
            {
                await Console.Error.WriteLineAsync($"The contracts could not be deployed: {e.Message}");
                return 1;
            }
        });
        return command;
    }

    private static async Task DeployAsync(Uri endpoint, string keyFile, CancellationToken cancellationToken)
    {
        using var signer = KeyFile.Read(keyFile);
        using var http = new HttpClient(EthereumRpc.CreateHandler());
        var rpc = new EthereumRpc(http, new EthereumRpcOptions { Endpoints = [endpoint] }, TimeProvider.System);
        var contracts = await new MarketDeployment(rpc, signer).DeployAsync(TimeSpan.FromDays(1), cancellationToken, MarketDeployment.LastingRules);
        Console.WriteLine($"""
            CHAIN_ID={await rpc.ChainIdAsync(cancellationToken)}
            CHAIN_START_BLOCK={contracts.Block}
            CHAIN_MARKET_TOKEN={contracts.MarketToken}
            CHAIN_DATA_TRADES={contracts.DataTrades}
            CHAIN_COMMUNICATION_LOG={contracts.CommunicationLog}
            CHAIN_TRADING_SESSIONS={contracts.TradingSessions}
            CHAIN_DATASET_MARKET={contracts.DatasetMarket}
            CHAIN_PRIVACY_ORACLE={contracts.PrivacyOracle}
            CHAIN_CONDUCT={contracts.Conduct}
            CHAIN_COLLABORATION={contracts.Collaboration}
            """);
    }
}
