using System.Numerics;
using Ethereum;
using Ethereum.Contracts;
using Ethereum.Rpc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Hosting.Chain;
using Workers.Hosting.Messaging;

namespace Workers.Encryption.Datasets.Delivering;

/// <summary>Who owns a token at a block that can no longer vanish.</summary>
/// <param name="Owner">The zero address when nobody does.</param>
public sealed record FinalOwner(Address Owner, ulong BlockNumber, Hash32 BlockHash);

/// <summary>What the handlers of datasets ask the chain, beside the events that come to them.</summary>
public sealed class DatasetChain(EthereumRpc rpc, IOptions<ChainOptions> options, EncryptionDb db)
    : WorkerChain(rpc, options, db)
{
    /// <summary>The market of datasets.</summary>
    public Address Contract => ContractAt("DatasetMarket");

    /// <summary>Binds what is sealed to one request of one contract on one chain.</summary>
    public DataRequestReference Reference(long requestId) => new(ChainId, Contract, requestId);

    /// <summary>The owner at the newest final block. The node is asked by that block's hash: another chain's answer would be none.</summary>
    /// <exception cref="TooEarlyException">No block is final yet.</exception>
    public async Task<FinalOwner> FinalOwnerAsync(BigInteger token, CancellationToken cancellationToken)
    {
        var chainId = checked((long)ChainId);
        var final = await db.Finality.AsNoTracking().SingleOrDefaultAsync(f => f.ChainId == chainId, cancellationToken)
            ?? throw new TooEarlyException("a final block", TimeSpan.FromSeconds(2));
        var number = checked((ulong)final.BlockNumber);
        var owner = await Rpc.CallAsync(Token, new MarketToken.OwnerOfCall(token), cancellationToken, number);
        var header = await Rpc.GetBlockHeaderAsync(number, cancellationToken);
        return header?.Hash == Hash32.Parse(final.BlockHash)
            ? new FinalOwner(owner, number, header.Hash)
            : throw new TooEarlyException($"the node to have the final block {final.BlockHash}", TimeSpan.FromSeconds(2));
    }
}
