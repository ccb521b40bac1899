using Contracts.Messages;
using Microsoft.EntityFrameworkCore;
using Workers.Hosting.Messaging;

namespace Workers.Encryption.Market;

/// <summary>Remembers how far the chain is final and looks again at the trades that waited for it.</summary>
public sealed class FinalityHandler(EncryptionDb db) : IHandler<ChainFinalised>
{
    /// <inheritdoc/>
    public async Task HandleAsync(ChainFinalised message, CancellationToken cancellationToken)
    {
        var (chainId, number) = (checked((long)message.ChainId), checked((long)message.BlockNumber));
        var finality = await db.Finality.FindAsync([chainId], cancellationToken);
        var before = finality?.BlockNumber ?? -1;
        if (number <= before)
        {
            return;
        }

        if (finality is null)
        {
            db.Finality.Add(new FinalityRow { ChainId = chainId, BlockNumber = number, BlockHash = message.BlockHash });
        }
        else
        {
            (finality.BlockNumber, finality.BlockHash) = (number, message.BlockHash);
        }

        await foreach (var tradeId in db.Trades
            .Where(t => t.BlockNumber > before && t.BlockNumber <= number && t.Status != TradeStatus.None)
            .Select(t => t.TradeId).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            db.Publish(new TradeChanged(tradeId));
        }
    }
}
