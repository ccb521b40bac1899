using Workers.Dashboard.Facts;
using Workers.Hosting.Chain;

namespace Workers.Dashboard.Datasets;

/// <summary>Where a dataset's token stands.</summary>
public enum DatasetStatus
{
    /// <summary>Its publication has not come yet, has vanished, or never was: no dataset.</summary>
    None,

    /// <summary>Its owner has it.</summary>
    Held,

    /// <summary>In escrow, at a price.</summary>
    Sale,

    /// <summary>In escrow, until an auction is settled or cancelled.</summary>
    Auction,

    /// <summary>In the market, for an owner that did not take it.</summary>
    Kept,
}

/// <summary>A dataset's token as its facts add up to it.</summary>
/// <param name="Publisher">Null without a publication.</param>
/// <param name="Holder">Whose account has the token: the market's while it is in escrow.</param>
/// <param name="ListingId">Of the offer that stands.</param>
internal sealed record DatasetState(
    MarketFact.Published? Published = null, FactRow? Publication = null, string? Holder = null, string? Seller = null, string? KeptFor = null, long? ListingId = null, bool IsAuction = false)
{
    public DatasetStatus Status =>
        Published is null ? DatasetStatus.None
        : ListingId is not null ? (IsAuction ? DatasetStatus.Auction : DatasetStatus.Sale)
        : KeptFor is not null ? DatasetStatus.Kept
        : DatasetStatus.Held;

    /// <summary>Whose it is, wherever the token lies.</summary>
    public string? Owner => ListingId is not null ? Seller : KeptFor ?? Holder;

    /// <summary>Adds up a token's facts in the chain's order, whatever order they came in.</summary>
    public static DatasetState Of(IEnumerable<FactRow> facts) =>
        facts.InChainOrder().Aggregate(new DatasetState(), (state, row) => row.Content() switch
        {
            MarketFact.Published f => state with { Published = f, Publication = row },
            MarketFact.Moved f => state with { Holder = f.To },
            MarketFact.Listed f => state with { ListingId = f.ListingId, Seller = f.Seller, IsAuction = f.Offer.Duration != 0 },
            MarketFact.Sold or MarketFact.Unlisted => state with { ListingId = null, Seller = null },
            MarketFact.Kept f => state with { KeptFor = f.Receiver },
            MarketFact.Collected => state with { KeptFor = null },
            _ => state,
        });
}
