using Ethereum.Contracts;
using Microsoft.Extensions.Options;
using Workers.Encryption.Buying;
using Workers.Encryption.Market;
using Workers.Hosting.Messaging;
using Workers.Hosting.Transactions;

namespace Workers.Encryption.Arbitration;

/// <summary>The named arbiter's part: once a dispute is final, look at the evidence as anybody could, and rule.</summary>
public sealed class ArbitrateHandler(EncryptionDb db, TradeChain chain, EvidenceInspector inspector, MainAccount account, IOptions<BuyingOptions> buying, TimeProvider clock)
    : IHandler<TradeChanged>
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

        var finding = await inspector.InspectAsync(trade, cancellationToken);
        if (finding == Finding.BlobIsMissing && await chain.TimeAsync(cancellationToken) + buying.Value.DisputeMargin < trade.RulingBy)
        {
            // A node may be down or still be fetching; the next sweep looks again.
            return;
        }

        var ruling = Ruling.On(finding);
        var toBuyer = ruling.RefundBuyer ? trade.Price : 0;
        db.Rulings.Add(new RulingRow
        {
            TradeId = trade.TradeId,
            DisputeBlockHash = trade.BlockHash,
            ToBuyer = toBuyer,
            Reason = ruling.Reason,
            RuledAt = clock.GetUtcNow(),
        });
        await db.SubmitAsync(
            $"trade/{trade.TradeId}/{trade.BlockHash}/rule", account.Address, chain.Contract,
            new DataTrades.RuleCall(trade.TradeId, new System.Numerics.BigInteger(toBuyer)).Encode(), cancellationToken);
    }
}
