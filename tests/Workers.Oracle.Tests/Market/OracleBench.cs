using System.Collections.Immutable;
using System.Numerics;
using Ethereum;
using Ethereum.Contracts;
using Ethereum.Rpc;
using Ethereum.Transactions;
using Testing;
using Workers.Hosting.Cryptography;
using Workers.Oracle.Asking;
using Workers.Oracle.Profiles;
using Workers.Oracle.Terms;
using Workers.Standalone.Chain;
using Workers.Standalone.Fleets;
using Workers.Standalone.Oracle;

namespace Workers.Oracle.Tests.Market;

/// <summary>A group and three honest nodes as fleets in this process, on a chain of its own; profiles of three members in nine cells.</summary>
internal sealed class OracleBench : IAsyncDisposable
{
    public const decimal Credit = 1_000_000_000_000_000_000m, Fee = 30 * Credit;
    public const int Nodes = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("oracle-");
    private readonly HttpClient _http = new(EthereumRpc.CreateHandler());
    private readonly LocalKeySigner _operator = new(Convert.FromHexString(AnvilNode.Accounts[0].PrivateKey[2..]));
    private readonly List<LocalKeySigner> _signers = [];

    private OracleBench(AnvilNode node) => Node = node;

    public AnvilNode Node { get; }

    public OracleHouses Houses { get; private set; } = null!;

    public OracleGroup Group { get; private set; } = null!;

    public FleetClient Client => Houses.Group.Client;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<OracleBench> StartAsync()
    {
        var bench = new OracleBench(await AnvilNode.StartAsync(new AnvilOptions(TimeSpan.FromMilliseconds(500)), Cancellation));
        var rpc = new EthereumRpc(bench._http, new EthereumRpcOptions { Endpoints = [bench.Node.Address] }, TimeProvider.System);
        var deployment = new MarketDeployment(rpc, bench._operator);
        Directory.CreateDirectory(Path.Combine(bench._directory.FullName, "logs"));
        bench.Houses = await OracleHouses.StartAsync(
            bench._directory.FullName, bench.Node.Address, rpc, await deployment.DeployAsync(TimeSpan.FromSeconds(10), Cancellation), deployment, Nodes, TimeSpan.FromSeconds(5), Cancellation);
        bench.Houses.Server.IsOpen = true;
        bench.Group = new OracleGroup(3, 3, await bench.TimeAsync());
        return bench;
    }

    /// <summary>Has an account locked for misconduct.</summary>
    public Task LockAsync(Ethereum.Address offender) => Lockout.LockAsync(Houses.Rpc, Houses.Contracts, _operator, offender, Cancellation);

    /// <summary>A node that the test plays.</summary>
    public async Task<ScriptedNode> ScriptAsync(string name)
    {
        using var key = Secret.Random(32);
        var signer = new LocalKeySigner(key.Reveal());
        _signers.Add(signer);
        return await Houses.ScriptAsync(name, signer, Cancellation);
    }

    /// <summary>Publishes the members' profiles for all nodes that there are.</summary>
    public async Task<(ImmutableArray<MemberTerms> Members, List<byte[]> Envelopes)> PublishAsync(int nodes = Nodes)
    {
        var registered = await UntilAsync(() => Client.NodesAsync(Cancellation), n => n.Length >= nodes, $"{nodes} nodes");
        return await Group.PublishAsync(
            Houses.Server, Houses.Content, [.. registered.Select(n => new ProfileRecipient(Address.Parse(n.Node), Hex.Parse(n.PublicKey)))], await OracleAsync(), await TimeAsync(), Cancellation);
    }

    /// <summary>Waits until every honest node can be drawn.</summary>
    public async Task DrawableAsync()
    {
        foreach (var fleet in Houses.Nodes)
        {
            await UntilAsync(() => fleet.Client.NodeAsync(Cancellation), n => n.Drawable, $"{fleet.Name}'s readiness");
        }
    }

    public async Task<OracleReference> OracleAsync() => new(await Houses.Rpc.ChainIdAsync(Cancellation), Houses.Contracts.PrivacyOracle);

    /// <summary>Times for fleets on a busy machine; the chain's time runs twice as fast as the clock, a second for each block.</summary>
    public static ModelOrder Order(GameTerms terms, int committee = Nodes, int threshold = 2, int gather = 240, int solve = 240) =>
        new(terms, Fee, committee, threshold, TimeSpan.FromSeconds(gather), TimeSpan.FromSeconds(solve), TimeSpan.FromSeconds(240), TimeSpan.FromHours(2));

    /// <summary>Orders and waits until the order has ended.</summary>
    public async Task<OrderView> RunAsync(ModelOrder order)
    {
        var id = Guid.NewGuid();
        await Client.OrderModelAsync(id, order, Cancellation);
        return await EndAsync(id);
    }

    public Task<OrderView> EndAsync(Guid id) => UntilAsync(() => Client.ModelAsync(id, Cancellation), o => o.State is not ("Asking" or "Asked"), "the end of the order");

    public Task<OrderView> AskedAsync(Guid id) => UntilAsync(() => Client.ModelAsync(id, Cancellation), o => o.RequestId is not null, "the request");

    /// <summary>What the contract owes the group.</summary>
    public async Task<BigInteger> SetAsideAsync() =>
        await Houses.Rpc.CallAsync(Houses.Contracts.PrivacyOracle, new PrivacyOracle.SetAsideCall(Address.Parse(await Client.AccountAsync(Cancellation))), Cancellation);

    public async Task<DateTimeOffset> TimeAsync() =>
        DateTimeOffset.FromUnixTimeSeconds((long)(await Houses.Rpc.GetBlockHeaderAsync(BlockTag.Latest, Cancellation))!.Timestamp);

    public static async Task<T> UntilAsync<T>(Func<Task<T>> ask, Func<T, bool> wanted, string what)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            var answer = await ask();
            if (wanted(answer))
            {
                return answer;
            }

            Assert.True(clock.Elapsed < Patience, $"{what} did not come in {Patience}; last: {System.Text.Json.JsonSerializer.Serialize(answer)}");
            await Task.Delay(200, Cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Houses is not null)
        {
            await Houses.DisposeAsync();
        }

        Group?.Dispose();
        await Node.DisposeAsync();
        _http.Dispose();
        _operator.Dispose();
        _signers.ForEach(s => s.Dispose());
        _directory.Delete(recursive: true);
    }
}
