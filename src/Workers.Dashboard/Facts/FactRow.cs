using System.Numerics;
using System.Text.Json;
using Contracts.Messages;
using Workers.Hosting.Chain;
using Workers.Hosting.Messaging;

namespace Workers.Dashboard.Facts;

/// <summary>
/// A fact as it stands in one block, with what it is found by and what a history shows of it. It is deleted when the block leaves the chain.
/// </summary>
public sealed class FactRow : IFactRow
{
    public required string BlockHash { get; init; }

    public required long LogIndex { get; init; }

    /// <summary>Counts the tokens of a batch.</summary>
    public required int Part { get; init; }

    public required long BlockNumber { get; init; }

    public required DateTimeOffset BlockTime { get; init; }

    public required string TransactionHash { get; init; }

    public required FactKind Kind { get; init; }

    public string? TokenId { get; init; }

    public long? ListingId { get; init; }

    public long? RequestId { get; init; }

    /// <summary>A rate's unit of account.</summary>
    public string? Unit { get; init; }

    /// <summary>Who did it.</summary>
    public required string Account { get; init; }

    /// <summary>To whom, where it has another side: a sale's seller, a transfer's receiver.</summary>
    public string? Other { get; init; }

    public BigInteger? Amount { get; init; }

    /// <summary>The <see cref="MarketFact"/> as JSON.</summary>
    public required string Fact { get; init; }

    /// <summary>Reads it back.</summary>
    public MarketFact Content() => JsonSerializer.Deserialize<MarketFact>(Fact, MessageJson.Options)!;

    /// <param name="market">The market's own account: what goes in and out of it is part of another fact.</param>
    internal static FactRow Of(MarketFact fact, int part, LogPosition position, DateTimeOffset blockTime, string market)
    {
        var (kind, token, listing, request, account, other, amount) = Shown(fact, market);
        return new FactRow
        {
            BlockHash = position.BlockHash,
            LogIndex = position.LogIndex,
            Part = part,
            BlockNumber = checked((long)position.BlockNumber),
            BlockTime = blockTime,
            TransactionHash = position.TransactionHash,
            Kind = kind,
            TokenId = token,
            ListingId = listing,
            RequestId = request,
            Unit = (fact as MarketFact.RateSet)?.Unit,
            Account = account,
            Other = other,
            Amount = amount,
            Fact = JsonSerializer.Serialize(fact, MessageJson.Options),
        };
    }

    private static (FactKind Kind, string? Token, long? Listing, long? Request, string Account, string? Other, BigInteger? Amount) Shown(MarketFact fact, string market) => fact switch
    {
        MarketFact.Published f => (FactKind.Published, f.TokenId, null, null, f.Publisher, null, null),
        MarketFact.Moved f => (f.From == market || f.To == market || f.From == Nobody ? FactKind.Moved : FactKind.Transferred, f.TokenId, null, null, f.From, f.To, null),
        MarketFact.Listed f => (FactKind.Listed, f.TokenId, f.ListingId, null, f.Seller, null, f.Offer.Price),
        MarketFact.BidPlaced f => (FactKind.BidPlaced, null, f.ListingId, null, f.Bidder, null, f.Amount),
        MarketFact.Sold f => (FactKind.Sold, f.TokenId, f.ListingId, null, f.Buyer, f.Seller, f.Price),
        MarketFact.Unlisted f => (FactKind.Unlisted, f.TokenId, f.ListingId, null, f.Seller, null, null),
        MarketFact.Kept f => (FactKind.TokenKept, f.TokenId, null, null, f.Receiver, null, null),
        MarketFact.Collected f => (FactKind.TokenCollected, f.TokenId, null, null, f.Receiver, f.To, null),
        MarketFact.RateSet f => (FactKind.RateSet, null, null, null, f.Publisher, null, f.Rate),
        MarketFact.Requested f => (FactKind.DataRequested, f.TokenId, null, f.RequestId, f.Requester, null, null),
        MarketFact.Delivered f => (FactKind.DataDelivered, f.TokenId, null, f.RequestId, f.Requester, null, null),
        _ => throw new ArgumentException($"{fact.GetType().Name} is unknown.", nameof(fact)),
    };

    private static readonly string Nobody = default(Ethereum.Address).ToString();
}
