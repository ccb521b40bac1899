using System.Numerics;
using Ethereum.Contracts;
using Workers.Hosting.Messaging;

namespace Workers.Encryption.Market;

/// <summary>Reads the trading contract's events as facts about a trade.</summary>
public static class TradeFacts
{
    /// <summary>The trade's number and the fact.</summary>
    /// <param name="contractEvent">One of the contract's events that name a trade.</param>
    /// <exception cref="RejectedException">The event is of another kind, or its trade number does not fit 63 bits.</exception>
    public static (long TradeId, TradeFact Fact) Of(object contractEvent) => contractEvent switch
    {
        DataTrades.RequestedEvent e => (Number(e.TradeId), new TradeFact.Requested(
            e.Buyer.ToString(), e.Owner.ToString(), e.SealId.ToString(), e.ApplicationId.ToString(), e.Tag.ToString(),
            checked((long)e.Period), e.PublicKey, Amount(e.Price), Time(e.AnswerBy))),
        DataTrades.CancelNoticedEvent e => (Number(e.TradeId), new TradeFact.CancelNoticed(Time(e.AnswerBy))),
        DataTrades.AnsweredEvent e => (Number(e.TradeId), new TradeFact.Answered(e.EncryptedKey, e.Cid, Time(e.ConfirmBy))),
        DataTrades.PaidEvent e => (Number(e.TradeId), new TradeFact.Paid(e.Provider.ToString(), Amount(e.ToOwner), Amount(e.ToProvider))),
        DataTrades.RefundedEvent e => (Number(e.TradeId), new TradeFact.Refunded(Amount(e.ToBuyer))),
        DataTrades.DisputedEvent e => (Number(e.TradeId), new TradeFact.Disputed(e.Arbiter.ToString(), e.Evidence, Time(e.RulingBy))),
        DataTrades.SplitProposedEvent e => (Number(e.TradeId), new TradeFact.SplitProposed(e.Party.ToString(), Amount(e.ToBuyer))),
        DataTrades.SplitAgreedEvent e => (Number(e.TradeId), new TradeFact.SplitAgreed(Amount(e.ToBuyer), Amount(e.ToOwner), Amount(e.ToProvider))),
        _ => throw new RejectedException($"{contractEvent.GetType().Name} is not an event of a trade."),
    };

    private static long Number(BigInteger tradeId) => tradeId <= long.MaxValue
        ? (long)tradeId
        : throw new RejectedException($"Trade number {tradeId} does not fit 63 bits: this contract does not count its trades from 0.");

    private static decimal Amount(BigInteger value) => value <= new BigInteger(decimal.MaxValue)
        ? (decimal)value
        : throw new RejectedException($"The amount {value} is above {decimal.MaxValue}, the largest that this worker counts with; the trade has to be ended by hand.");

    // Deadlines are block time plus windows of at most 32 bits of seconds, so they fit.
    private static DateTimeOffset Time(ulong seconds) => DateTimeOffset.FromUnixTimeSeconds(checked((long)seconds));
}
