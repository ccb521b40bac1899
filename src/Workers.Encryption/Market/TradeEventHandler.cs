using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Workers.Hosting.Messaging;

namespace Workers.Encryption.Market;

/// <summary>
/// Keeps the facts of every trade and adds them up again whenever one comes or vanishes, so neither their order nor a
/// reorganisation needs a rule of its own.
/// </summary>
public sealed class TradeEventHandler<TEvent>(EncryptionDb db) : IHandler<Observed<TEvent>>, IHandler<Retracted<TEvent>>
    where TEvent : notnull
{
    /// <inheritdoc/>
    public async Task HandleAsync(Observed<TEvent> message, CancellationToken cancellationToken)
    {
        var (tradeId, fact) = TradeFacts.Of(message.Event);
        var position = message.Position;
        var facts = await db.TradeFacts.Where(f => f.TradeId == tradeId).ToListAsync(cancellationToken);
        if (facts.Any(f => f.BlockHash == position.BlockHash && f.LogIndex == position.LogIndex))
        {
            return;
        }

        var row = new TradeFactRow
        {
            TradeId = tradeId,
            BlockNumber = checked((long)position.BlockNumber),
            BlockHash = position.BlockHash,
            LogIndex = position.LogIndex,
            Fact = JsonSerializer.Serialize(fact),
        };
        db.TradeFacts.Add(row);
        await RefoldAsync(tradeId, [.. facts, row], cancellationToken);
    }

    /// <inheritdoc/>
    public async Task HandleAsync(Retracted<TEvent> message, CancellationToken cancellationToken)
    {
        var (tradeId, _) = TradeFacts.Of(message.Event);
        var facts = await db.TradeFacts.Where(f => f.TradeId == tradeId).ToListAsync(cancellationToken);
        var vanished = facts.SingleOrDefault(f => f.BlockHash == message.Position.BlockHash && f.LogIndex == message.Position.LogIndex)
            ?? throw new TooEarlyException($"the event {message.Position} was retracted before it was handled", TimeSpan.FromSeconds(1));
        db.TradeFacts.Remove(vanished);
        facts.Remove(vanished);
        await RefoldAsync(tradeId, facts, cancellationToken);
    }

    private async Task RefoldAsync(long tradeId, List<TradeFactRow> facts, CancellationToken cancellationToken)
    {
        var trade = await db.Trades.FindAsync([tradeId], cancellationToken);
        if (trade is null)
        {
            trade = new TradeRow { TradeId = tradeId };
            db.Trades.Add(trade);
        }

        TradeHistory.Fold(trade, facts);

        // Two facts of one trade that are handled at once must not both add up without the other, even if neither changes the sum.
        trade.Facts = facts.Count;
        if (db.Entry(trade).State == EntityState.Unchanged)
        {
            db.Entry(trade).State = EntityState.Modified;
        }

        db.Publish(new TradeChanged(tradeId));
    }
}
