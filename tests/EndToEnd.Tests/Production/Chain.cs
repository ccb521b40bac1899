using System.Numerics;
using Ethereum;
using Ethereum.Abi;
using Ethereum.Contracts;
using Ethereum.Rpc;
using Testing;
using Workers.Standalone.Chain;

namespace EndToEnd.Tests.Production;

/// <summary>What happened, as the chain itself tells it.</summary>
internal sealed class Chain(AnvilNode node, EthereumRpc rpc, MarketContracts contracts) : IDisposable
{
    private readonly SemaphoreSlim turn = new(1, 1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public MarketContracts Contracts => contracts;

    /// <summary>Credits of an account, in the smallest unit.</summary>
    public Task<BigInteger> BalanceAsync(Address account) => rpc.CallAsync(contracts.MarketToken, new MarketToken.BalanceOfAddressCall(account), Token);

    /// <summary>Transactions that an account has sent and that are in blocks.</summary>
    public Task<ulong> SentAsync(Address account) => rpc.GetTransactionCountAsync(account, BlockTag.Latest, Token);

    /// <summary>Every event of one kind that a contract logged, by default the trading contract, and that still stands.</summary>
    public async Task<List<(TEvent Event, ulong Block)>> EventsAsync<TEvent>(Address? contract = null)
        where TEvent : IEvent<TEvent>
    {
        var head = await rpc.BlockNumberAsync(Token);
        var logs = await rpc.GetLogsAsync(LogFilter.Of([contract ?? contracts.DataTrades], TEvent.Topic), 0, head, Token);
        return [.. logs.Select(l => (l.Decode<TEvent>(), l.BlockNumber))];
    }

    public Task<ulong> HeadAsync() => rpc.BlockNumberAsync(Token);

    /// <summary>Sends a call from one of the node's own accounts and waits for its receipt; for parties that have no fleet.</summary>
    public Task SendAsync(DevAccount from, Address to, ICall call) => InTurnAsync(async () =>
    {
        var hash = (await node.CallAsync("eth_sendTransaction", new
        {
            from = from.Address,
            to = to.ToString(),
            gas = "0x7a120",
            data = "0x" + Convert.ToHexStringLower(call.Encode()),
        })).GetString()!;
        var receipt = await Patience.UntilAsync($"{call.Function} of {from.Address} in a block", token => rpc.GetTransactionReceiptAsync(Hash32.Parse(hash), token));
        Assert.True(receipt.Succeeded, $"{call.Function} of {from.Address} reverted.");
    });

    /// <summary>Two transactions of one account at once would take the same nonce.</summary>
    public async Task InTurnAsync(Func<Task> send)
    {
        await turn.WaitAsync(Token);
        try
        {
            await send();
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Seconds between blocks; 0 stops mining.</summary>
    public Task MineEveryAsync(int seconds) => node.CallAsync("evm_setIntervalMining", seconds);

    public void Dispose() => turn.Dispose();
}
