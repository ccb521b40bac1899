using Workers.Encryption.Market;

namespace Workers.Encryption.Selling;

/// <summary>What the seller does next about one trade.</summary>
public enum SaleStep
{
    /// <summary>Nothing until something changes.</summary>
    Wait,

    /// <summary>Let a person decide.</summary>
    AskPerson,

    /// <summary>Send the period's key, sealed to the buyer.</summary>
    Answer,

    /// <summary>Give the price back now.</summary>
    Decline,

    /// <summary>The buyer stayed silent after the answer: take the payment.</summary>
    Settle,
}

/// <summary>A rule's verdict on a request.</summary>
/// <param name="Reason">A sentence for the owner.</param>
public sealed record SaleVerdict(SaleDecision Decision, string Reason);

/// <summary>The owner's rules as pure functions.</summary>
public static class SalePolicy
{
    /// <summary>Judges a request by the owner's rules, before any person is asked.</summary>
    /// <param name="tag">The tag's name, or null when the request names a period that was not sealed here.</param>
    /// <param name="keyIsValid">Whether the buyer's public key is a point of P-256.</param>
    public static SaleVerdict Judge(TradeRow trade, string? tag, bool keyIsValid, SellingOptions options)
    {
        if (tag is null)
        {
            return Decline("the period is not in this owner's key system");
        }

        if (!keyIsValid)
        {
            return Decline("the buyer's public key is not a point of P-256");
        }

        if (options.Deny.Contains(trade.Buyer))
        {
            return Decline($"the buyer {trade.Buyer} is on the deny list");
        }

        if (options.Allow.Count > 0 && !options.Allow.Contains(trade.Buyer))
        {
            return Decline($"the buyer {trade.Buyer} is not on the allow list");
        }

        var minimum = options.MinimumPrice.GetValueOrDefault(tag, options.DefaultMinimumPrice);
        if (trade.Price < minimum)
        {
            return Decline($"the price {trade.Price} is below the minimum {minimum} of '{tag}'");
        }

        return options.AskPerson
            ? new SaleVerdict(SaleDecision.AwaitingPerson, "waits for a person's approval")
            : new SaleVerdict(SaleDecision.Accepted, "accepted by the rules");

        static SaleVerdict Decline(string reason) => new(SaleDecision.Declined, reason);
    }

    /// <summary>The seller's next step.</summary>
    /// <param name="isFinal">The block that gave the trade its status can no longer vanish.</param>
    /// <param name="chainTime">Time of the chain's latest block: deadlines are the chain's, not this machine's.</param>
    public static SaleStep Next(TradeRow trade, SaleRow sale, bool isFinal, DateTimeOffset chainTime, TimeSpan answerMargin) =>
        (trade.Status, sale.Decision) switch
        {
            (TradeStatus.Requested, _) when sale.AnsweredAt is not null => SaleStep.Wait,
            (TradeStatus.Requested, SaleDecision.Declined) when isFinal => SaleStep.Decline,

            // Too late for an answer: an owner that leaves a trade unanswered is penalised, one that gives the price back is not.
            (TradeStatus.Requested, SaleDecision.Accepted or SaleDecision.AwaitingPerson) when isFinal && chainTime + answerMargin >= trade.AnswerBy => SaleStep.Decline,
            (TradeStatus.Requested, SaleDecision.AwaitingPerson) => SaleStep.AskPerson,
            (TradeStatus.Requested, SaleDecision.Accepted) when isFinal => SaleStep.Answer,
            (TradeStatus.Answered, _) when chainTime > trade.ConfirmBy => SaleStep.Settle,
            _ => SaleStep.Wait,
        };
}
