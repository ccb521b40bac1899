using Contracts.Messages;
using Microsoft.EntityFrameworkCore;
using Workers.Encryption.Datasets.Delivering;
using Workers.Hosting.Messaging;

namespace Workers.Encryption.Market;

/// <summary>Remembers how far the chain is final and looks again at the trades and requests that waited for it.</summary>
public sealed class FinalityHandler(EncryptionDb db, TradeChain chain) : IHandler<ChainFinalised>
{
    /// <inheritdoc/>
    public async Task HandleAsync(ChainFinalised message, CancellationToken cancellationToken)
    {
        if (await chain.AdvanceAsync(message, cancellationToken) is not { } before)
        {
            return;
        }

        var number = checked((long)message.BlockNumber);
        await foreach (var tradeId in db.Trades
            .Where(t => t.BlockNumber > before && t.BlockNumber <= number && t.Status != TradeStatus.None)
            .Select(t => t.TradeId).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            db.Publish(new TradeChanged(tradeId));
        }

        await foreach (var requestId in db.DataRequests
            .Where(r => r.BlockNumber > before && r.BlockNumber <= number)
            .Select(r => r.RequestId).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            db.Publish(new DataRequestChanged(requestId));
        }
    }
}
