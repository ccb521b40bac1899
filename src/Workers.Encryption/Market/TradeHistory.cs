using System.Text.Json;
using Workers.Hosting.Chain;

namespace Workers.Encryption.Market;

/// <summary>Adds up what the contract said about a trade, in the chain's order, whatever order it came in.</summary>
public static class TradeHistory
{
    /// <summary>Sets <paramref name="trade"/> to what its facts say. Without the request among them it stands at
    /// <see cref="TradeStatus.None"/>: the request has not come yet, or has vanished.</summary>
    public static void Fold(TradeRow trade, IEnumerable<TradeFactRow> facts)
    {
        Reset(trade);
        foreach (var row in facts.InChainOrder())
        {
            var fact = JsonSerializer.Deserialize<TradeFact>(row.Fact)!;
            if (fact is not TradeFact.Requested && trade.Status == TradeStatus.None)
            {
                continue;
            }

            // While a reorganisation is told, two requests can stand under one number: the later one stands alone, with its own block,
            // so that nobody takes one block's finality for another block's buyer.
            if (fact is TradeFact.Requested)
            {
                Reset(trade);
            }

            var before = trade.Status;
            Apply(trade, fact);
            if (trade.Status != before)
            {
                trade.BlockNumber = row.BlockNumber;
                trade.BlockHash = row.BlockHash;
            }
        }
    }

    private static void Reset(TradeRow trade)
    {
        trade.Status = TradeStatus.None;
        trade.AnswerBy = trade.ConfirmBy = trade.RulingBy = null;
        trade.EncryptedKey = trade.AnswerCid = trade.Evidence = null;
        trade.Arbiter = null;
        trade.BuyerProposal = trade.OwnerProposal = null;
        trade.ToOwner = trade.ToProvider = trade.ToBuyer = 0;
        trade.BlockNumber = 0;
        trade.BlockHash = "";
    }

    private static void Apply(TradeRow trade, TradeFact fact)
    {
        switch (fact)
        {
            case TradeFact.Requested requested:
                trade.Status = TradeStatus.Requested;
                trade.Buyer = requested.Buyer;
                trade.Owner = requested.Owner;
                trade.SealId = requested.SealId;
                trade.ApplicationId = requested.ApplicationId;
                trade.Tag = requested.Tag;
                trade.Period = requested.Period;
                trade.PublicKey = requested.PublicKey;
                trade.Price = requested.Price;
                trade.AnswerBy = requested.AnswerBy;
                break;
            case TradeFact.CancelNoticed noticed:
                trade.AnswerBy = noticed.AnswerBy;
                break;
            case TradeFact.Answered answered:
                trade.Status = TradeStatus.Answered;
                trade.EncryptedKey = answered.EncryptedKey;
                trade.AnswerCid = answered.Cid;
                trade.ConfirmBy = answered.ConfirmBy;
                break;
            case TradeFact.Disputed disputed:
                trade.Status = TradeStatus.Disputed;
                trade.Arbiter = disputed.Arbiter;
                trade.Evidence = disputed.Evidence;
                trade.RulingBy = disputed.RulingBy;
                break;
            case TradeFact.SplitProposed proposed when proposed.Party == trade.Buyer:
                trade.BuyerProposal = proposed.ToBuyer;
                break;
            case TradeFact.SplitProposed proposed:
                trade.OwnerProposal = proposed.ToBuyer;
                break;
            case TradeFact.Paid paid:
                trade.Status = TradeStatus.Paid;
                trade.ToOwner = paid.ToOwner;
                trade.ToProvider = paid.ToProvider;
                break;
            case TradeFact.Refunded refunded:
                trade.Status = TradeStatus.Refunded;
                trade.ToBuyer = refunded.ToBuyer;
                break;
            case TradeFact.SplitAgreed split:
                trade.Status = TradeStatus.Split;
                trade.ToBuyer = split.ToBuyer;
                trade.ToOwner = split.ToOwner;
                trade.ToProvider = split.ToProvider;
                break;
        }
    }
}
