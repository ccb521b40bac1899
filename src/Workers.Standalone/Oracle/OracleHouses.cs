using System.Globalization;
using System.Numerics;
using ContentStore;
using ContentStore.Embedded;
using Ethereum;
using Ethereum.Rpc;
using Ethereum.Transactions;
using Workers.Oracle;
using Workers.Standalone.Chain;
using Workers.Standalone.Fleets;

namespace Workers.Standalone.Oracle;

/// <summary>A group and oracle nodes, each a fleet of its own, on one chain and one IPFS, and a server where members keep profiles.</summary>
internal sealed class OracleHouses : IAsyncDisposable
{
    private static readonly BigInteger Ether = BigInteger.Pow(10, 18);

    /// <summary>Of every node.</summary>
    public static readonly BigInteger Stake = 200 * Ether;

    private readonly List<Fleet> _fleets = [];
    private readonly Dictionary<string, Func<CancellationToken, Task<Fleet>>> _starts = new(StringComparer.Ordinal);
    private readonly MarketDeployment _deployment;

    private OracleHouses(string directory, EthereumRpc rpc, MarketContracts contracts, MarketDeployment deployment, ProfileServer server)
    {
        (Rpc, Contracts, _deployment, Server) = (rpc, contracts, deployment, server);
        Content = new EmbeddedStore(Path.Combine(directory, "ipfs"));
    }

    public EthereumRpc Rpc { get; }

    public MarketContracts Contracts { get; }

    public IContentStore Content { get; }

    public ProfileServer Server { get; }

    public Fleet Group => _fleets[0];

    public IEnumerable<Fleet> Nodes => _fleets.Skip(1);

    public IEnumerable<Fleet> All => _fleets;

    /// <summary>Starts the group and nodes, with coins for fees and credit for fee and stakes.</summary>
    public static async Task<OracleHouses> StartAsync(
        string directory, Uri chain, EthereumRpc rpc, MarketContracts contracts, MarketDeployment deployment, int nodes, TimeSpan handOverInterval, CancellationToken cancellationToken)
    {
        var houses = new OracleHouses(directory, rpc, contracts, deployment, await ProfileServer.StartAsync(directory, TimeProvider.System, cancellationToken));
        try
        {
            await houses.AddAsync(directory, chain, "group", [], cancellationToken);
            for (var i = 1; i <= nodes; i++)
            {
                await houses.AddAsync(directory, chain, $"node{i}", NodeSettings(houses.Server, handOverInterval), cancellationToken);
            }

            return houses;
        }
        catch
        {
            await houses.DisposeAsync();
            throw;
        }
    }

    /// <summary>What makes a house a node that fetches from this server.</summary>
    public static Dictionary<string, string> NodeSettings(ProfileServer server, TimeSpan handOverInterval) => new(StringComparer.Ordinal)
    {
        ["Node:Stake"] = Stake.ToString(CultureInfo.InvariantCulture),
        ["Node:HandOverInterval"] = handOverInterval.ToString("c", CultureInfo.InvariantCulture),
        ["Retrieval:AllowedHosts:0"] = server.Host,
        ["Retrieval:TrustedNetworks:0"] = "127.0.0.0/8",
        ["Retrieval:TrustedNetworks:1"] = "::1/128",
        ["Retrieval:TrustedRoots"] = server.AuthorityFile,
    };

    /// <summary>Stops a fleet and starts it again on the same files.</summary>
    public async Task RestartAsync(string name, CancellationToken cancellationToken)
    {
        var index = _fleets.FindIndex(f => f.Name == name);
        await _fleets[index].DisposeAsync();
        _fleets[index] = await _starts[name](cancellationToken);
    }

    /// <summary>A node that takes its steps when it is told to.</summary>
    public async Task<ScriptedNode> ScriptAsync(string name, ISigner signer, CancellationToken cancellationToken)
    {
        await EndowAsync(signer.Address, cancellationToken);
        var node = new ScriptedNode(name, Rpc, signer, Content, Contracts);
        await node.RegisterAsync(Stake, cancellationToken);
        return node;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var fleet in _fleets)
        {
            await fleet.DisposeAsync();
        }

        await Server.DisposeAsync();
    }

    private async Task AddAsync(string directory, Uri chain, string name, Dictionary<string, string> particular, CancellationToken cancellationToken)
    {
        _starts[name] = token => Fleet.StartAsync(name, new FleetSettings(directory, chain, Contracts, particular), builder => builder.AddOracle(), token);
        var fleet = await _starts[name](cancellationToken);
        _fleets.Add(fleet);
        await EndowAsync(Address.Parse(await fleet.Client.AccountAsync(cancellationToken)), cancellationToken);
    }

    private async Task EndowAsync(Address account, CancellationToken cancellationToken)
    {
        await _deployment.FundAsync(account, 100 * Ether, cancellationToken);
        await _deployment.IssueAsync(Contracts, account, 1_000 * Ether, cancellationToken);
    }
}
