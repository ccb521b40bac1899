using Contracts.Messages;
using Ethereum;
using Ethereum.Abi;
using Ethereum.Contracts;
using Ethereum.Rpc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Hosting.Data;

namespace Workers.Hosting.Chain;

/// <summary>What a worker's handlers ask the chain, beside the events that come to them.</summary>
public abstract class WorkerChain(EthereumRpc rpc, IOptions<ChainOptions> options, WorkerDbContext db)
{
    /// <summary>EIP-155 id.</summary>
    public ulong ChainId => checked((ulong)options.Value.ChainId);

    /// <summary>The token in which everything is paid.</summary>
    public Address Token => options.Value.Contract("MarketToken");

    /// <summary>The node.</summary>
    protected EthereumRpc Rpc => rpc;

    /// <summary>The worker's database.</summary>
    protected WorkerDbContext Db => db;

    /// <summary>The address of one of the market's contracts.</summary>
    protected Address ContractAt(string name) => options.Value.Contract(name);

    /// <summary>Whether an account is not locked for misconduct, at the latest block. A market without the contract Conduct locks nobody.</summary>
    public async Task<bool> IsAllowedAsync(Address account, CancellationToken cancellationToken) =>
        !options.Value.Contracts.ContainsKey("Conduct") || await ReadAsync(ContractAt("Conduct"), new Conduct.IsAllowedCall(account), cancellationToken);

    /// <summary>
    /// Whether a block is final: covered by the listener's watermark, and still the block at its height for the node now. The
    /// second question is asked each time, because messages have no order and what follows cannot be taken back.
    /// </summary>
    public async Task<bool> IsFinalAsync(long blockNumber, string blockHash, CancellationToken cancellationToken)
    {
        var chainId = options.Value.ChainId;
        var watermark = await db.Finality.AsNoTracking().SingleOrDefaultAsync(f => f.ChainId == chainId, cancellationToken);
        if (watermark is null || watermark.BlockNumber < blockNumber)
        {
            return false;
        }

        var block = await rpc.GetBlockHeaderAsync(checked((ulong)blockNumber), cancellationToken);
        return block?.Hash == Hash32.Parse(blockHash);
    }

    /// <summary>Remembers how far the chain is final.</summary>
    /// <returns>The last block that was final before, −1 when none was; null when the message is no news.</returns>
    public async Task<long?> AdvanceAsync(ChainFinalised message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        var (chainId, number) = (checked((long)message.ChainId), checked((long)message.BlockNumber));
        var finality = await db.Finality.FindAsync([chainId], cancellationToken);
        var before = finality?.BlockNumber ?? -1;
        if (number <= before)
        {
            return null;
        }

        if (finality is null)
        {
            db.Finality.Add(new FinalityRow { ChainId = chainId, BlockNumber = number, BlockHash = message.BlockHash });
        }
        else
        {
            (finality.BlockNumber, finality.BlockHash) = (number, message.BlockHash);
        }

        return before;
    }

    /// <summary>Time of the chain's latest block, by which contracts measure their deadlines.</summary>
    public async Task<DateTimeOffset> TimeAsync(CancellationToken cancellationToken)
    {
        var latest = await rpc.GetBlockHeaderAsync(BlockTag.Latest, cancellationToken);
        return DateTimeOffset.FromUnixTimeSeconds(checked((long)latest!.Timestamp));
    }

    /// <summary>Runs a view of a contract at the latest block.</summary>
    public Task<TResult> ReadAsync<TResult>(Address contract, ICall<TResult> call, CancellationToken cancellationToken) =>
        rpc.CallAsync(contract, call, cancellationToken);
}
