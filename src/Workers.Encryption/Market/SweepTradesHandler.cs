using Microsoft.EntityFrameworkCore;
using Workers.Hosting.Messaging;

namespace Workers.Encryption.Market;

/// <summary>Look at every open trade: a deadline may have passed without any event. Sent by the schedule.</summary>
public sealed record SweepTrades;

/// <summary>Finds the open trades that this house takes part in.</summary>
public sealed class SweepTradesHandler(EncryptionDb db) : IHandler<SweepTrades>
{
    private static readonly TradeStatus[] Open = [TradeStatus.Requested, TradeStatus.Answered, TradeStatus.Disputed];

    /// <inheritdoc/>
    public async Task HandleAsync(SweepTrades message, CancellationToken cancellationToken)
    {
        await foreach (var tradeId in db.Trades
            .Where(t => Open.Contains(t.Status))
            .Where(t => db.Sales.Any(s => s.TradeId == t.TradeId)
                || db.Purchases.Any(p => p.TradeId == t.TradeId)
                || t.Status == TradeStatus.Disputed)
            .Select(t => t.TradeId).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            db.Publish(new TradeChanged(tradeId));
        }
    }
}
