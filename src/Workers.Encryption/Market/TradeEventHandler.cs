using System.Text.Json;
using Contracts.Messages;
using Workers.Hosting.Chain;
using Workers.Hosting.Data;

namespace Workers.Encryption.Market;

/// <summary>Keeps the facts of every trade.</summary>
public sealed class TradeEventHandler<TEvent>(EncryptionDb db) : FactHandler<TEvent, long, TradeFactRow>(db)
    where TEvent : notnull
{
    /// <inheritdoc/>
    protected override (long Key, TradeFactRow Row) Read(TEvent contractEvent, LogPosition position)
    {
        ArgumentNullException.ThrowIfNull(position);
        var (tradeId, fact) = TradeFacts.Of(contractEvent);
        return (tradeId, new TradeFactRow
        {
            TradeId = tradeId,
            BlockNumber = checked((long)position.BlockNumber),
            BlockHash = position.BlockHash,
            LogIndex = position.LogIndex,
            Fact = JsonSerializer.Serialize(fact),
        });
    }

    /// <inheritdoc/>
    protected override IQueryable<TradeFactRow> FactsOf(long key) => db.TradeFacts.Where(f => f.TradeId == key);

    /// <inheritdoc/>
    protected override async Task<IVersioned> AddUpAsync(long key, IReadOnlyList<TradeFactRow> facts, CancellationToken cancellationToken)
    {
        var trade = await db.Trades.FindAsync([key], cancellationToken) ?? db.Trades.Add(new TradeRow { TradeId = key }).Entity;
        TradeHistory.Fold(trade, facts);
        trade.Facts = facts.Count;
        db.Publish(new TradeChanged(key));
        return trade;
    }
}
