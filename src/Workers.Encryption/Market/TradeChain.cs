using Ethereum;
using Ethereum.Abi;
using Ethereum.Rpc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Hosting.Chain;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Messaging;

namespace Workers.Encryption.Market;

/// <summary>What the trading handlers ask the chain, beside the events that come to them.</summary>
public sealed class TradeChain(EthereumRpc rpc, IOptions<ChainOptions> options, EncryptionDb db)
{
    /// <summary>The trading contract.</summary>
    public Address Contract => options.Value.Contract("DataTrades");

    /// <summary>The token in which prices are paid.</summary>
    public Address Token => options.Value.Contract("MarketToken");

    /// <summary>Binds a sealed answer to one trade of one contract on one chain.</summary>
    public TradeReference Reference(long tradeId) => new(checked((ulong)options.Value.ChainId), Contract, tradeId);

    /// <summary>
    /// Whether a block is final: covered by the listener's watermark, and still the block at its height for the node now. The
    /// second question is asked each time, because messages have no order and what follows cannot be taken back.
    /// </summary>
    public async Task<bool> IsFinalAsync(long blockNumber, string blockHash, CancellationToken cancellationToken)
    {
        var chainId = checked((long)options.Value.ChainId);
        var watermark = await db.Finality.AsNoTracking().SingleOrDefaultAsync(f => f.ChainId == chainId, cancellationToken);
        if (watermark is null || watermark.BlockNumber < blockNumber)
        {
            return false;
        }

        var block = await rpc.GetBlockHeaderAsync(checked((ulong)blockNumber), cancellationToken);
        return block?.Hash == Hash32.Parse(blockHash);
    }

    /// <summary>
    /// The record of a seal, once it can no longer vanish. While a reorganisation is told, the list can hold a record that the
    /// chain no longer has, and two of one seal with other commitments: paying, judging and disputing go by the final one alone.
    /// </summary>
    /// <exception cref="TooEarlyException">No record of it is final yet.</exception>
    public async Task<ListedSealRow> FinalSealAsync(string sealId, CancellationToken cancellationToken)
    {
        foreach (var seal in await db.ListedSeals.AsNoTracking().Where(s => s.SealId == sealId).ToListAsync(cancellationToken))
        {
            if (await IsFinalAsync(seal.BlockNumber, seal.BlockHash, cancellationToken))
            {
                return seal;
            }
        }

        throw new TooEarlyException($"the record of the seal {sealId} in a final block", TimeSpan.FromSeconds(2));
    }

    /// <summary>Time of the chain's latest block, by which the contract measures its deadlines.</summary>
    public async Task<DateTimeOffset> TimeAsync(CancellationToken cancellationToken)
    {
        var latest = await rpc.GetBlockHeaderAsync(BlockTag.Latest, cancellationToken);
        return DateTimeOffset.FromUnixTimeSeconds(checked((long)latest!.Timestamp));
    }

    /// <summary>Runs a view of a contract at the latest block.</summary>
    public Task<TResult> ReadAsync<TResult>(Address contract, ICall<TResult> call, CancellationToken cancellationToken) =>
        rpc.CallAsync(contract, call, cancellationToken);
}
