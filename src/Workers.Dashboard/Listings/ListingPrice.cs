using System.Numerics;

namespace Workers.Dashboard.Listings;

/// <summary>What an offer costs, by the contract's rules.</summary>
internal static class ListingPrice
{
    private static readonly BigInteger Unit = BigInteger.Pow(10, 18);

    /// <summary>A sale's price in credits (DatasetMarket.priceOf), an auction's least next bid; null for a stale or missing rate and for what has ended.</summary>
    public static BigInteger? Credits(ListingRow listing, RateRow? rate, DateTimeOffset now) => listing.Status switch
    {
        ListingStatus.Auction => ListingState.MinimumBid(listing.Price, listing.Step, listing.Bid),
        ListingStatus.Sale when listing.Unit is null => listing.Price,
        ListingStatus.Sale when rate is { Rate.IsZero: false } && now - rate.SetAt <= TimeSpan.FromSeconds(listing.MaxRateAge) =>
            ((listing.Price * rate.Rate) + Unit - 1) / Unit,
        _ => null,
    };
}
