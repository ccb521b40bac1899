using Workers.Encryption.Market;

namespace Workers.Encryption.Buying;

/// <summary>What the buyer does next about one trade.</summary>
public enum PurchaseStep
{
    /// <summary>Nothing until something changes.</summary>
    Wait,

    /// <summary>Open the answer, fetch, verify, decrypt.</summary>
    Deliver,

    /// <summary>Let the owner and the provider have the price.</summary>
    Confirm,

    /// <summary>Say on chain that the answer does not open.</summary>
    Dispute,

    /// <summary>Nobody answered in time: take the price back.</summary>
    Refund,

    /// <summary>No ruling in time: take the price back.</summary>
    ExpireDispute,

    /// <summary>The trade has ended.</summary>
    Close,
}

/// <summary>The buyer's rules as pure functions.</summary>
public static class PurchasePolicy
{
    /// <summary>The buyer's next step.</summary>
    /// <param name="isFinal">The block that gave the trade its status can no longer vanish.</param>
    /// <param name="chainTime">Time of the chain's latest block: deadlines are the chain's, not this machine's.</param>
    public static PurchaseStep Next(TradeRow trade, PurchaseState state, bool isFinal, DateTimeOffset chainTime) =>
        trade.Status switch
        {
            TradeStatus.Requested when chainTime > trade.AnswerBy => PurchaseStep.Refund,
            TradeStatus.Answered when state is PurchaseState.Ordered or PurchaseState.Requested => PurchaseStep.Deliver,
            TradeStatus.Answered when state == PurchaseState.Delivered => PurchaseStep.Confirm,
            TradeStatus.Answered when state == PurchaseState.Rejected && chainTime <= trade.ConfirmBy => PurchaseStep.Dispute,
            TradeStatus.Disputed when chainTime > trade.RulingBy => PurchaseStep.ExpireDispute,
            TradeStatus.Paid or TradeStatus.Refunded or TradeStatus.Split when isFinal => PurchaseStep.Close,
            _ => PurchaseStep.Wait,
        };
}
