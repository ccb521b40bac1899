using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Workers.Dashboard.Datasets;
using Workers.Dashboard.Facts;
using Workers.Dashboard.Listings;
using Workers.Dashboard.Requests;

namespace Workers.Dashboard.Api;

/// <summary>A page of something.</summary>
/// <param name="Total">How many there are in all.</param>
internal sealed record PageView<T>(IReadOnlyList<T> Items, int Page, int PageSize, int Total);

/// <summary>A dataset. Amounts are decimal digits in the smallest unit.</summary>
/// <param name="Metadata">Awaited, Read, Missing or Refused; without it there is no name.</param>
/// <param name="Problem">Why the metadata is refused.</param>
internal sealed record DatasetView(
    string TokenId, string? Name, string? Description, string? File, string? Format, long? Units, long? Bytes, IReadOnlyList<string> Tags, IReadOnlyList<string> Columns, string? Delivery,
    string Metadata, string? Problem, string MetadataDigest, string Cid, string Status, string Publisher, string Owner, string Holder, DateTimeOffset PublishedAt, long PublishedBlock, ListingView? Listing)
{
    public static DatasetView Of(DatasetRow d, ListingView? listing) => new(
        d.TokenId, d.Name, d.Description, d.File, d.Format, d.Units, d.Bytes, Texts(d.Tags), Texts(d.Columns), d.Delivery,
        d.Metadata.ToString(), d.Problem, d.MetadataDigest, d.Cid, d.Status.ToString(), d.Publisher, d.Owner, d.Holder, d.PublishedAt, d.PublishedBlock, listing);

    private static string[] Texts(string json) => JsonSerializer.Deserialize<string[]>(json)!;
}

/// <summary>An offer.</summary>
/// <param name="Price">Of a sale, in <paramref name="Unit"/>, or in credits where that is null; of an auction the reserve.</param>
/// <param name="Credits">What it costs in credits now: a sale's price if its rate is fresh, an auction's least next bid. Null where nobody can say, or it ended.</param>
internal sealed record ListingView(
    long ListingId, string TokenId, string Seller, string Status, string Price, string? Unit, string? RateOf, long MaxRateAge, string? Credits, string Step, long Extension,
    DateTimeOffset ListedAt, DateTimeOffset? EndsAt, string? Bidder, string? Bid, int Bids, string? Buyer, string? PaidPrice)
{
    public static ListingView Of(ListingRow l, RateRow? rate, DateTimeOffset now) => new(
        l.ListingId, l.TokenId, l.Seller, l.Status.ToString(), Digits(l.Price)!, l.Unit, l.RateOf, l.MaxRateAge, Digits(ListingPrice.Credits(l, rate, now)), Digits(l.Step)!, l.Extension,
        l.ListedAt, l.EndsAt, l.Bidder, Digits(l.Bid), l.Bids, l.Buyer, Digits(l.PaidPrice));

    internal static string? Digits(BigInteger? amount) => amount?.ToString(CultureInfo.InvariantCulture);
}

/// <summary>One line of a history.</summary>
internal sealed record HistoryView(
    string Kind, string? TokenId, string? Name, long? ListingId, long? RequestId, string Account, string? Other, string? Amount, string? Unit,
    long BlockNumber, string BlockHash, string TransactionHash, long LogIndex, DateTimeOffset At)
{
    public static HistoryView Of(FactRow f, string? tokenId, string? name, string? unit) => new(
        f.Kind.ToString(), tokenId, name, f.ListingId, f.RequestId, f.Account, f.Other, ListingView.Digits(f.Amount), unit, f.BlockNumber, f.BlockHash, f.TransactionHash, f.LogIndex, f.BlockTime);
}

/// <summary>A request for data.</summary>
/// <param name="Cid">Of the delivered data, sealed to <paramref name="PublicKey"/>; null until then.</param>
internal sealed record RequestView(
    long RequestId, string TokenId, string? Name, string Requester, string PublicKey, DateTimeOffset RequestedAt, string? Cid, string? Receipt, DateTimeOffset? DeliveredAt)
{
    public static RequestView Of(RequestRow r, string? name) => new(r.RequestId, r.TokenId, name, r.Requester, r.PublicKey, r.RequestedAt, r.Cid, r.Receipt, r.DeliveredAt);
}

/// <summary>An account that published or traded.</summary>
internal sealed record ParticipantView(string Account, int Published, int Owned, int Bought, int Sold, string Volume);
