using Ethereum.Contracts;
using Microsoft.Extensions.Options;
using Workers.Encryption.Buying;
using Workers.Encryption.Market;
using Workers.Hosting.Messaging;
using Workers.Hosting.Transactions;

namespace Workers.Encryption.Arbitration;

/// <summary>Judge a final dispute. Replaying it looks at the evidence again.</summary>
/// <param name="DisputeBlockHash">Trade numbers are given anew after a reorganisation; the dispute of this block alone is meant.</param>
public sealed record JudgeDispute(long TradeId, string DisputeBlockHash);

/// <summary>Looks at the evidence as anybody could, and rules; what only this arbiter's own limits or nodes hide is left to the time limit.</summary>
public sealed class JudgeDisputeHandler(
    EncryptionDb db, TradeChain chain, EvidenceInspector inspector, MainAccount account, IOptions<BuyingOptions> buying, TimeProvider clock) : IHandler<JudgeDispute>
{
    private static readonly TimeSpan FetchAgain = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public async Task HandleAsync(JudgeDispute message, CancellationToken cancellationToken)
    {
        var row = await db.Rulings.FindAsync([message.TradeId, message.DisputeBlockHash], cancellationToken);
        var trade = await db.Trades.FindAsync([message.TradeId], cancellationToken);
        if (row is not { RuledAt: null })
        {
            return;
        }

        if (trade is not { Status: TradeStatus.Disputed }
            || trade.BlockHash != message.DisputeBlockHash
            || !await chain.IsFinalAsync(trade.BlockNumber, trade.BlockHash, cancellationToken))
        {
            // Ended in another way, or not the dispute that the chain has now; if it comes back it is judged anew.
            db.Rulings.Remove(row);
            return;
        }

        var finding = await inspector.InspectAsync(trade, cancellationToken);
        if (Ruling.On(finding) is not { } ruling)
        {
            throw await UndecidedAsync(trade, finding, cancellationToken);
        }

        var toBuyer = ruling.RefundBuyer ? trade.Price : 0;
        (row.ToBuyer, row.Reason, row.RuledAt) = (toBuyer, ruling.Reason, clock.GetUtcNow());
        await db.SubmitAsync(
            $"trade/{trade.TradeId}/{trade.BlockHash}/rule", account.Address, chain.Contract,
            new DataTrades.RuleCall(trade.TradeId, new System.Numerics.BigInteger(toBuyer)).Encode(), cancellationToken);
    }

    /// <summary>Tries again while there is time and it may help; then the operator is told.</summary>
    private async Task<Exception> UndecidedAsync(TradeRow trade, Finding finding, CancellationToken cancellationToken)
    {
        if (finding == Finding.BlobIsMissing && await chain.TimeAsync(cancellationToken) + buying.Value.DisputeMargin < trade.RulingBy)
        {
            return new TooEarlyException($"the sealed blob of the disputed trade {trade.TradeId}, which cannot be fetched", FetchAgain);
        }

        var problem = finding == Finding.BlobIsTooLarge
            ? $"is larger than Buying:MaxBytes ({buying.Value.MaxBytes}) or holds more files than are opened here. Raise the limit"
            : "cannot be fetched from here. Mend the content store or its nodes";
        return new RejectedException(
            $"The disputed trade {trade.TradeId} is not ruled on: the blob of the seal {trade.SealId} {problem} and replay this before {trade.RulingBy:u}; otherwise the price then goes back to the buyer, without a ruling.");
    }
}
