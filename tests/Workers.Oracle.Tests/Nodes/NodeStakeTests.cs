using System.Numerics;
using Ethereum;
using Ethereum.Contracts;
using Ethereum.Rpc;
using Ethereum.Transactions;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Testing;
using Workers.Hosting.Chain;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Transactions;
using Workers.Oracle.Api;
using Workers.Oracle.Nodes;
using Workers.Oracle.Requests;
using Workers.Standalone.Chain;

namespace Workers.Oracle.Tests.Nodes;

/// <summary>A node's stake leaves its account once, whatever else looks at the same moment.</summary>
public sealed class NodeStakeTests : IDisposable
{
    private const decimal Stake = 200;
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("stake-");
    private readonly HttpClient _http = new(EthereumRpc.CreateHandler());
    private readonly LocalKeySigner _signer = new(Convert.FromHexString(AnvilNode.Accounts[0].PrivateKey[2..]));
    private readonly MasterKey _master = MasterKey.Generate();
    private EthereumRpc _rpc = null!;
    private IOptions<ChainOptions> _chain = null!;
    private MarketContracts _contracts = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static IOptions<NodeOptions> Node => Options.Create(new NodeOptions { Stake = Stake });

    /// <summary>Another look is saved just before this one's first read of a table.</summary>
    [Theory]
    [InlineData("transactions")]
    [InlineData("node_keys")]
    [InlineData("nodes")]
    public async Task Two_looks_at_the_same_moment_register_once(string table)
    {
        await using var node = await StartAsync();
        await MeanwhileAsync(table, MaintainAsync, MaintainAsync);
        Assert.Equal(Stake, await StakedAsync());
    }

    [Theory]
    [InlineData("transactions")]
    [InlineData("nodes")]
    public async Task An_operator_who_asks_for_the_stake_at_the_moment_of_the_registration_does_not_stake_twice(string table)
    {
        await using var node = await StartAsync();
        await MeanwhileAsync(table, TopUpAsync, MaintainAsync);
        Assert.Equal(Stake, await StakedAsync());
    }

    [Fact]
    public async Task An_operator_who_asks_twice_before_the_first_is_on_chain_stakes_once_and_is_told()
    {
        await using var node = await StartAsync();
        await using (var first = Open())
        {
            Assert.Equal(StatusCodes.Status202Accepted, await AskAsync(first));
        }

        await using (var second = Open())
        {
            Assert.Equal(StatusCodes.Status409Conflict, await AskAsync(second));
        }

        Assert.Equal(Stake, await StakedAsync());
    }

    [Fact]
    public async Task A_house_that_is_locked_for_misconduct_registers_no_node()
    {
        await using var node = await StartAsync();
        await Lockout.LockAsync(_rpc, _contracts, _signer, _signer.Address, Cancellation);
        await using var db = Open();
        await MaintainAsync(db);
        Assert.Equal(0, await StakedAsync());
    }

    public void Dispose()
    {
        _http.Dispose();
        _signer.Dispose();
        _master.Dispose();
        _directory.Delete(recursive: true);
    }

    /// <summary>An account with enough credit for several stakes, which the contract may take.</summary>
    private async Task<AnvilNode> StartAsync()
    {
        var node = await AnvilNode.StartAsync(new AnvilOptions(), Cancellation);
        _rpc = new EthereumRpc(_http, new EthereumRpcOptions { Endpoints = [node.Address] }, TimeProvider.System);
        var deployment = new MarketDeployment(_rpc, _signer);
        var contracts = _contracts = await deployment.DeployAsync(TimeSpan.FromSeconds(10), Cancellation);
        await deployment.IssueAsync(contracts, _signer.Address, 10 * new BigInteger(Stake), Cancellation);
        await new AccountSender(_rpc, _signer).SendAsync(contracts.MarketToken, new MarketToken.ApproveCall(contracts.PrivacyOracle, 10 * new BigInteger(Stake)).Encode(), 0, Cancellation);
        _chain = Options.Create(new ChainOptions
        {
            Endpoints = [node.Address],
            Contracts = { ["Conduct"] = contracts.Conduct.ToString(), ["PrivacyOracle"] = contracts.PrivacyOracle.ToString(), ["MarketToken"] = contracts.MarketToken.ToString() },
        });
        await using var db = Open();
        await db.Database.MigrateAsync(Cancellation);
        return node;
    }

    private async Task MeanwhileAsync(string table, Func<OracleDb, Task> other, Func<OracleDb, Task> one)
    {
        try
        {
            await using var db = Open(new Meanwhile($"FROM \"{table}\"", async () =>
            {
                await using var another = Open();
                await other(another);
            }));
            await one(db);
        }
        catch (DbUpdateException)
        {
            // As the host does after a conflict.
            await using var again = Open();
            await one(again);
        }
    }

    private async Task MaintainAsync(OracleDb db)
    {
        var handler = new MaintainNodeHandler(
            db, new OracleChain(_rpc, _chain, db), new KeyVault(_master), new MainAccount(_signer), Node, TimeProvider.System, NullLogger<MaintainNodeHandler>.Instance);
        await handler.HandleAsync(new MaintainNode(), Cancellation);
        await db.SaveChangesAsync(Cancellation);
    }

    private Task TopUpAsync(OracleDb db) => AskAsync(db);

    private async Task<int?> AskAsync(OracleDb db) =>
        ((IStatusCodeHttpResult)await OracleApi.TopUpAsync(db, new OracleChain(_rpc, _chain, db), new MainAccount(_signer), Node, TimeProvider.System, Cancellation)).StatusCode;

    /// <summary>What all queued transactions together stake.</summary>
    private async Task<decimal> StakedAsync()
    {
        await using var db = Open();
        var amounts = (await db.Transactions.Select(t => t.Data).ToListAsync(Cancellation)).Select(data => new BigInteger(data.AsSpan(data.Length >= 100 ? 36 : 4, 32), isUnsigned: true, isBigEndian: true));
        return (decimal)amounts.Aggregate(BigInteger.Zero, (sum, amount) => sum + amount);
    }

    private OracleDb Open(params IInterceptor[] interceptors) =>
        new(new DbContextOptionsBuilder<OracleDb>().UseSqlite($"Data Source={Path.Combine(_directory.FullName, "oracle.db")};Pooling=False").AddInterceptors(interceptors)
            .ConfigureWarnings(w => w.Ignore(RelationalEventId.PendingModelChangesWarning, RelationalEventId.ModelSnapshotNotFound)).Options, TimeProvider.System);
}
