using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Ethereum;
using Ethereum.Transactions;
using Workers.Dashboard;
using Workers.Encryption;
using Workers.Hosting.Configuration;
using Workers.Standalone.Chain;
using Workers.Standalone.Fleets;

namespace Workers.Standalone.IndustrialData;

/// <summary>A company and two buyers, each a fleet of its own with its pages, on one chain and one IPFS.</summary>
internal sealed class DatasetHouses : IAsyncDisposable
{
    public const string Company = "maker", FirstBuyer = "works", SecondBuyer = "lab";

    private static readonly BigInteger Ether = BigInteger.Pow(10, 18);
    private readonly Dictionary<string, Fleet> _fleets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Func<CancellationToken, Task<Fleet>>> _starts = new(StringComparer.Ordinal);

    private DatasetHouses(string directory) => Directory = directory;

    /// <summary>Where all keep their files.</summary>
    public string Directory { get; }

    /// <summary>What the company can publish by name.</summary>
    public string Sources => Path.Combine(Directory, Company, "sources");

    public IEnumerable<Fleet> All => _fleets.Values;

    /// <summary>Holds the key of an account for whoever tries the pages with a wallet: it has coins and credit, and may publish for the company.</summary>
    public string VisitorKey => Path.Combine(Directory, "visitor-key");

    public Fleet this[string name] => _fleets[name];

    /// <summary>Starts everybody, with coins for fees and the buyers with credit.</summary>
    public static async Task<DatasetHouses> StartAsync(
        string directory, Uri chain, MarketContracts contracts, MarketDeployment deployment, CancellationToken cancellationToken)
    {
        var market = new DatasetHouses(directory);
        try
        {
            var visitor = await market.MakeVisitorAsync(cancellationToken);
            await deployment.FundAsync(visitor, 10 * Ether, cancellationToken);
            await deployment.IssueAsync(contracts, visitor, 1_000 * Ether, cancellationToken);
            foreach (var name in new[] { Company, FirstBuyer, SecondBuyer })
            {
                var particular = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["Datasets:SourceFolder"] = market.Sources,
                    ["Datasets:FetchInterval"] = "00:00:00.5",
                    ["Dashboard:FetchInterval"] = "00:00:00.5",
                    ["Transactions:RefusalPatience"] = "00:00:05",
                    ["Dashboard:WalletRpc"] = chain.ToString(),
                    ["Dashboard:Publishers:0"] = name == Company ? visitor.ToString() : "",
                };
                market._starts[name] = token => Fleet.StartAsync(
                    name, new FleetSettings(directory, chain, contracts, particular), builder => builder.AddEncryption().AddDashboard(), token);
                var fleet = market._fleets[name] = await market._starts[name](cancellationToken);
                var account = Address.Parse(await fleet.Client.AccountAsync(cancellationToken));
                await deployment.FundAsync(account, 100 * Ether, cancellationToken);
                if (name != Company)
                {
                    await deployment.IssueAsync(contracts, account, 1_000 * Ether, cancellationToken);
                }
            }

            return market;
        }
        catch
        {
            await market.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops a fleet and starts it again on the same files.</summary>
    public async Task RestartAsync(string name, CancellationToken cancellationToken)
    {
        await _fleets[name].DisposeAsync();
        _fleets[name] = await _starts[name](cancellationToken);
    }

    private async Task<Address> MakeVisitorAsync(CancellationToken cancellationToken)
    {
        var key = RandomNumberGenerator.GetBytes(32);
        await PrivateFiles.TryCreateAsync(VisitorKey, Encoding.ASCII.GetBytes($"0x{Convert.ToHexStringLower(key)}\n"), cancellationToken);
        using var signer = new LocalKeySigner(key);
        CryptographicOperations.ZeroMemory(key);
        return signer.Address;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var fleet in _fleets.Values)
        {
            await fleet.DisposeAsync();
        }
    }
}
