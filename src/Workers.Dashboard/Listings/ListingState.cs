using System.Numerics;
using Workers.Dashboard.Facts;
using Workers.Hosting.Chain;

namespace Workers.Dashboard.Listings;

/// <summary>Where an offer stands.</summary>
public enum ListingStatus
{
    /// <summary>Its listing has not come yet, or has vanished.</summary>
    None,
    Sale,

    /// <summary>Bids are taken, or it waits for somebody to settle it.</summary>
    Auction,
    Sold,

    /// <summary>Cancelled, or ended without a bid.</summary>
    Unlisted,
}

/// <summary>An offer as its facts add up to it.</summary>
/// <param name="EndsAt">Of an auction, with the extensions by its bids.</param>
internal sealed record ListingState(
    MarketFact.Listed? Listed = null,
    FactRow? Listing = null,
    ListingStatus Status = ListingStatus.None,
    DateTimeOffset? EndsAt = null,
    string? Bidder = null,
    BigInteger? Bid = null,
    int Bids = 0,
    string? Buyer = null,
    BigInteger? PaidPrice = null)
{
    /// <summary>A bid exceeds the highest by at least one in so many (DatasetMarket.STEP_DIVISOR).</summary>
    private const int StepDivisor = 100;

    /// <summary>
    /// Adds up facts in the chain's order. While a reorganisation is told two listings can stand under one number: the later one counts, with what follows it.
    /// </summary>
    public static ListingState Of(IEnumerable<FactRow> facts) =>
        facts.InChainOrder().Aggregate(new ListingState(), (state, row) => (state, row.Content()) switch
        {
            (_, MarketFact.Listed f) => new ListingState(f, row, f.Offer.Duration == 0 ? ListingStatus.Sale : ListingStatus.Auction, f.EndsAt),
            ({ Listed: null }, _) => state,
            (_, MarketFact.BidPlaced f) => state with { Bidder = f.Bidder, Bid = f.Amount, Bids = state.Bids + 1, EndsAt = f.EndsAt },
            (_, MarketFact.Sold f) => state with { Status = ListingStatus.Sold, Buyer = f.Buyer, PaidPrice = f.Price },
            (_, MarketFact.Unlisted) => state with { Status = ListingStatus.Unlisted },
            _ => state,
        });

    /// <summary>The least that the next bid can be (DatasetMarket.minimumBid).</summary>
    public static BigInteger MinimumBid(BigInteger reserve, BigInteger step, BigInteger? highest) =>
        highest is { } bid ? bid + BigInteger.Max(step, (bid + StepDivisor - 1) / StepDivisor) : reserve;
}
