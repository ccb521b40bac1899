using Workers.Encryption.Market;
using Workers.Hosting.Messaging;
using Workers.Hosting.Transactions;

namespace Workers.Encryption.Arbitration;

/// <summary>The named arbiter's part: once a dispute is final, have it judged, once.</summary>
public sealed class ArbitrateHandler(EncryptionDb db, TradeChain chain, MainAccount account) : IHandler<TradeChanged>
{
    /// <inheritdoc/>
    public async Task HandleAsync(TradeChanged message, CancellationToken cancellationToken)
    {
        var trade = await db.Trades.FindAsync([message.TradeId], cancellationToken);
        if (trade is not { Status: TradeStatus.Disputed }
            || trade.Arbiter != account.Address.ToString()
            || await db.Rulings.FindAsync([trade.TradeId, trade.BlockHash], cancellationToken) is not null
            || !await chain.IsFinalAsync(trade.BlockNumber, trade.BlockHash, cancellationToken))
        {
            return;
        }

        db.Rulings.Add(new RulingRow { TradeId = trade.TradeId, DisputeBlockHash = trade.BlockHash });
        db.Publish(new JudgeDispute(trade.TradeId, trade.BlockHash));
    }
}
