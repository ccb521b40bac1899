using Ethereum;
using Ethereum.Rpc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Hosting.Chain;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Messaging;

namespace Workers.Encryption.Market;

/// <summary>What the trading handlers ask the chain, beside the events that come to them.</summary>
public sealed class TradeChain(EthereumRpc rpc, IOptions<ChainOptions> options, EncryptionDb db)
    : WorkerChain(rpc, options, db)
{
    /// <summary>The trading contract.</summary>
    public Address Contract => ContractAt("DataTrades");

    /// <summary>Binds a sealed answer to one trade of one contract on one chain.</summary>
    public TradeReference Reference(long tradeId) => new(ChainId, Contract, tradeId);

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
}
