using System.Globalization;
using System.Text.Json;
using Ethereum;
using Ethereum.Rpc;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Testing;
using Workers.ChainListener.Following;
using Workers.ChainListener.Node;
using Workers.Hosting.Chain;

namespace Workers.ChainListener.Tests.Node;

/// <summary>An anvil chain with a contract that logs whatever it is called with; blocks are mined one by one.</summary>
internal sealed class LoggingChain : IAsyncDisposable
{
    /// <summary>Where the contract stands.</summary>
    public const string Contract = "0x00000000000000000000000000000000000010f6";

    // calldatacopy(0, 0, calldatasize); log1(0, calldatasize, 1); stop
    private const string Code = "0x365f5f376001365fa100";
    private int _made;

    private LoggingChain(AnvilNode anvil) => Anvil = anvil;

    public AnvilNode Anvil { get; }

    public static async Task<LoggingChain> StartAsync(int slotsInAnEpoch = 32)
    {
        var anvil = await AnvilNode.StartAsync(new AnvilOptions(Mining: false, SlotsInAnEpoch: slotsInAnEpoch), TestContext.Current.CancellationToken);
        await anvil.CallAsync("anvil_setCode", Contract, Code);
        return new LoggingChain(anvil);
    }

    public static ChainOptions Options(params Uri[] endpoints) =>
        new() { Endpoints = endpoints, Contracts = { ["Logger"] = Contract }, RequestTimeout = TimeSpan.FromSeconds(2) };

    /// <summary>A node as the listener sees it.</summary>
    public static RpcChainNode See(ChainOptions options, TimeProvider? clock = null) =>
        new(new Endpoints(new Clients(), Microsoft.Extensions.Options.Options.Create(options), clock ?? TimeProvider.System, NullLogger<Endpoints>.Instance), Microsoft.Extensions.Options.Options.Create(options), clock ?? TimeProvider.System);

    /// <summary>Mines blocks with so many events each.</summary>
    public async Task MineAsync(int blocks, int events)
    {
        for (var block = 0; block < blocks; block++)
        {
            for (var i = 0; i < events; i++)
            {
                await Anvil.CallAsync("eth_sendTransaction", Call());
            }

            await Anvil.MineAsync();
        }
    }

    /// <summary>Replaces the newest blocks by as many others, the first of them with an event.</summary>
    public Task ReorganiseAsync(int depth) =>
        Anvil.CallAsync("anvil_reorg", depth, new object[] { new object[] { Call(), 0 } });

    /// <summary>Block hash and log index of every event that is on the chain now, up to a block.</summary>
    public async Task<HashSet<(string, uint)>> EventsAsync(long to)
    {
        var logs = await Anvil.CallAsync("eth_getLogs", new { address = Contract, fromBlock = "0x0", toBlock = "0x" + to.ToString("x", CultureInfo.InvariantCulture) });
        return [.. logs.EnumerateArray().Select(l => (l.GetProperty("blockHash").GetString()!, Convert.ToUInt32(l.GetProperty("logIndex").GetString(), 16)))];
    }

    public ValueTask DisposeAsync() => Anvil.DisposeAsync();

    private object Call() => new
    {
        from = AnvilNode.Accounts[0].Address.ToLowerInvariant(),
        to = Contract,
        gas = "0x30d40",
        data = "0x" + (++_made).ToString("x8", CultureInfo.InvariantCulture),
    };

    internal sealed class Clients : IHttpClientFactory
    {
        public HttpClient CreateClient(string name) => new(EthereumRpc.CreateHandler()) { Timeout = Timeout.InfiniteTimeSpan };
    }
}
