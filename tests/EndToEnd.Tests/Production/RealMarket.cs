using System.Globalization;
using System.Numerics;
using Ethereum;
using Ethereum.Rpc;
using Ethereum.Transactions;
using Testing;
using Workers.Standalone.Chain;
using Workers.Standalone.Fleets;

namespace EndToEnd.Tests.Production;

/// <summary>How a market differs from the usual one.</summary>
/// <param name="FinalityDepth">Descendants that make a block final.</param>
/// <param name="Owners">Organisations beside the provider and the buyer, with what they want in particular.</param>
internal sealed record MarketShape(int FinalityDepth, IReadOnlyDictionary<string, Dictionary<string, string>> Owners);

/// <summary>
/// The real servers and the organisations on them: one RabbitMQ with a virtual host for each organisation, one PostgreSQL with a
/// database for each, anvil with one block each second, one IPFS node.
/// </summary>
internal sealed class RealMarket : IAsyncDisposable
{
    private static readonly BigInteger Ether = BigInteger.Pow(10, 18);

    private readonly string root;
    private readonly HttpClient http;
    private readonly LocalKeySigner operatorAccount;
    private readonly List<Organisation> organisations = [];
    private readonly MarketShape shape;

    private RealMarket(string root, MarketShape shape, RabbitMqServer rabbitMq, PostgresServer postgres, AnvilNode anvil, IpfsNode ipfs, LocalKeySigner operatorAccount, HttpClient http)
    {
        (this.root, this.shape, this.http, this.operatorAccount) = (root, shape, http, operatorAccount);
        (RabbitMq, Postgres, Anvil, Ipfs) = (rabbitMq, postgres, anvil, ipfs);
        Rpc = new EthereumRpc(http, new EthereumRpcOptions { Endpoints = [anvil.Address] }, TimeProvider.System);
    }

    /// <summary>Credits that each buyer is given, in the smallest unit.</summary>
    public static BigInteger Issued { get; } = 1_000_000 * Ether;

    public RabbitMqServer RabbitMq { get; }

    public PostgresServer Postgres { get; }

    public AnvilNode Anvil { get; }

    public IpfsNode Ipfs { get; }

    public EthereumRpc Rpc { get; }

    public Chain Chain { get; private set; } = null!;

    public IReadOnlyList<Organisation> Organisations => organisations;

    public Organisation Provider => this["provider"];

    public Organisation Buyer => this["buyer"];

    public int FinalityDepth => shape.FinalityDepth;

    public Organisation this[string name] => organisations.Single(o => o.Name == name);

    /// <summary>Starts servers, deploys the contracts and starts every organisation with coins; the buyer gets credit.</summary>
    public static async Task<RealMarket> StartAsync(MarketShape shape)
    {
        var token = TestContext.Current.CancellationToken;
        var (rabbitMq, postgres) = (RabbitMqServer.StartAsync(token), PostgresServer.StartAsync(token));
        var (anvil, ipfs) = (AnvilNode.StartAsync(new AnvilOptions(BlockTime: TimeSpan.FromSeconds(1)), token), IpfsNode.StartAsync(token));
        var root = Directory.CreateTempSubdirectory("market-").FullName;
        var market = new RealMarket(
            root, shape, await rabbitMq, await postgres, await anvil, await ipfs,
            new LocalKeySigner(Convert.FromHexString(AnvilNode.Accounts[0].PrivateKey[2..])), new HttpClient(EthereumRpc.CreateHandler()));
        try
        {
            await market.OpenAsync(token);
            return market;
        }
        catch
        {
            await market.DisposeAsync();
            throw;
        }
    }

    /// <summary>Issues credit to an account that is no organisation's.</summary>
    public Task IssueAsync(Address account) =>
        Chain.InTurnAsync(() => new MarketDeployment(Rpc, operatorAccount).IssueAsync(Chain.Contracts, account, Issued, TestContext.Current.CancellationToken));

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(organisations.Select(o => o.DisposeAsync().AsTask()));
        await Task.WhenAll(RabbitMq.DisposeAsync().AsTask(), Postgres.DisposeAsync().AsTask(), Anvil.DisposeAsync().AsTask(), Ipfs.DisposeAsync().AsTask());
        Chain?.Dispose();
        operatorAccount.Dispose();
        http.Dispose();
        Directory.Delete(root, recursive: true);
    }

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        var deployment = new MarketDeployment(Rpc, operatorAccount);
        var contracts = await deployment.DeployAsync(TimeSpan.FromSeconds(10), cancellationToken);
        Chain = new Chain(Anvil, Rpc, contracts);
        var particular = new Dictionary<string, Dictionary<string, string>>(shape.Owners, StringComparer.Ordinal) { ["provider"] = [], ["buyer"] = [] };
        organisations.AddRange(await Task.WhenAll(particular.Select(p => StartAsync(p.Key, p.Value, contracts, cancellationToken))));
        foreach (var organisation in organisations)
        {
            await deployment.FundAsync(organisation.Account, 100 * Ether, cancellationToken);
        }

        await IssueAsync(Buyer.Account);
    }

    private async Task<Organisation> StartAsync(string name, Dictionary<string, string> particular, MarketContracts contracts, CancellationToken cancellationToken)
    {
        var configuration = new Dictionary<string, string>(await Organisation.SettingsAsync(RabbitMq, Postgres, cancellationToken), StringComparer.Ordinal)
        {
            ["Content:Kind"] = "Kubo",
            ["Content:Kubo:Nodes:0"] = Ipfs.Address.ToString(),
            ["Chain:FinalityDepth"] = FinalityDepth.ToString(CultureInfo.InvariantCulture),
            ["Chain:RequestTimeout"] = "00:00:10",
            ["Delivery:MaximumFailures"] = "100",
            ["Sealing:Schedule"] = "00:00:01",
            ["Sealing:MaxAge"] = "00:00:00",
            ["Sealing:Settle"] = "00:00:00.3",
            ["Selling:AnswerMargin"] = "00:00:01",
            ["Buying:FetchInterval"] = "00:00:01",
            ["Buying:MinimumConfirmWindow"] = "00:00:05",
        };
        foreach (var (key, value) in particular)
        {
            configuration[key] = value;
        }

        return await Organisation.StartAsync(name, "Workers.Encryption.dll", new FleetSettings(root, Anvil.Address, contracts, configuration), cancellationToken);
    }
}
