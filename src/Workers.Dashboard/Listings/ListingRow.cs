using System.Numerics;
using Workers.Hosting.Data;

namespace Workers.Dashboard.Listings;

/// <summary>An offer, open or ended. Amounts are in the credit's smallest unit unless <see cref="Unit"/> says otherwise.</summary>
public sealed class ListingRow : IVersioned
{
    public required long ListingId { get; init; }

    public string TokenId { get; set; } = "";

    public string Seller { get; set; } = "";

    public ListingStatus Status { get; set; }

    /// <summary>Of a sale; of an auction the reserve.</summary>
    public BigInteger Price { get; set; }

    public BigInteger Step { get; set; }

    /// <summary>The price's unit of account; null for the credit.</summary>
    public string? Unit { get; set; }

    public string? RateOf { get; set; }

    /// <summary>Seconds.</summary>
    public long MaxRateAge { get; set; }

    /// <summary>Seconds.</summary>
    public long Extension { get; set; }

    public DateTimeOffset ListedAt { get; set; }

    public DateTimeOffset? EndsAt { get; set; }

    public string? Bidder { get; set; }

    public BigInteger? Bid { get; set; }

    public int Bids { get; set; }

    public string? Buyer { get; set; }

    public BigInteger? PaidPrice { get; set; }

    /// <summary>What offers are sorted by: the highest bid or the price in credits. Null for an amount in a unit of account.</summary>
    public BigInteger? SortPrice { get; set; }

    public int Version { get; set; }

    internal void Take(ListingState state)
    {
        if (state.Listed is { } listed)
        {
            (TokenId, Seller, ListedAt) = (listed.TokenId, listed.Seller, state.Listing!.BlockTime);
            (Price, Step, Unit, RateOf) = (listed.Offer.Price, listed.Offer.Step, listed.Offer.Unit, listed.Offer.RateOf);
            (MaxRateAge, Extension) = (listed.Offer.MaxRateAge, listed.Offer.Extension);
        }

        (Status, EndsAt, Bidder, Bid, Bids) = (state.Status, state.EndsAt, state.Bidder, state.Bid, state.Bids);
        (Buyer, PaidPrice) = (state.Buyer, state.PaidPrice);
        SortPrice = Bid ?? (Unit is null ? Price : null);
    }
}

/// <summary>What somebody says a unit of account is worth.</summary>
public sealed class RateRow : IVersioned
{
    public required string Publisher { get; init; }

    public required string Unit { get; init; }

    /// <summary>In the credit's smallest unit; 0 when there is none.</summary>
    public BigInteger Rate { get; set; }

    public DateTimeOffset SetAt { get; set; }

    public int Version { get; set; }
}
