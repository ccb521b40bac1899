using Contracts.Messages;
using Microsoft.EntityFrameworkCore;
using Workers.Encryption.Datasets.Delivering;
using Workers.Hosting.Messaging;

namespace Workers.Encryption.Market;

/// <summary>The chain became final up to a block, and that is saved.</summary>
/// <param name="After">The last block that was final before; −1 when none was.</param>
/// <param name="Through">The last block that is final now.</param>
public sealed record FinalityAdvanced(long After, long Through);

/// <summary>Remembers how far the chain is final.</summary>
public sealed class FinalityHandler(EncryptionDb db, TradeChain chain) : IHandler<ChainFinalised>
{
    /// <inheritdoc/>
    public async Task HandleAsync(ChainFinalised message, CancellationToken cancellationToken)
    {
        if (await chain.AdvanceAsync(message, cancellationToken) is { } before)
        {
            db.Publish(new FinalityAdvanced(before, checked((long)message.BlockNumber)));
        }
    }
}

/// <summary>
/// Looks again at the trades and requests that waited for finality, in a unit of work after the one that saved how far it reaches: what was saved before that is found here, and what is saved
/// later finds itself final. Looked for within that unit of work, one that is saved meanwhile would be missed by both.
/// </summary>
public sealed class FinalityAdvancedHandler(EncryptionDb db) : IHandler<FinalityAdvanced>
{
    /// <inheritdoc/>
    public async Task HandleAsync(FinalityAdvanced message, CancellationToken cancellationToken)
    {
        await foreach (var tradeId in db.Trades
            .Where(t => t.BlockNumber > message.After && t.BlockNumber <= message.Through && t.Status != TradeStatus.None)
            .Select(t => t.TradeId).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            db.Publish(new TradeChanged(tradeId));
        }

        await foreach (var requestId in db.DataRequests
            .Where(r => r.BlockNumber > message.After && r.BlockNumber <= message.Through)
            .Select(r => r.RequestId).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            db.Publish(new DataRequestChanged(requestId));
        }
    }
}
