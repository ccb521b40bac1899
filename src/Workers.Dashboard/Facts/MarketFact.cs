using System.Numerics;
using System.Text.Json.Serialization;
using Ethereum;
using Ethereum.Contracts;

namespace Workers.Dashboard.Facts;

/// <summary>What a history calls a fact.</summary>
public enum FactKind
{
    Published,

    /// <summary>The token went from one account to another without a sale.</summary>
    Transferred,

    /// <summary>The token went into or out of the market's escrow, or came to be: part of another fact, and not shown.</summary>
    Moved,
    Listed,
    BidPlaced,
    Sold,
    Unlisted,
    TokenKept,
    TokenCollected,
    RateSet,
    DataRequested,
    DataDelivered,
}

/// <summary>One thing that the contracts said. Accounts, tokens and hashes are lower-case 0x hex; amounts are in the smallest unit.</summary>
[JsonDerivedType(typeof(Published), "published")]
[JsonDerivedType(typeof(Moved), "moved")]
[JsonDerivedType(typeof(Listed), "listed")]
[JsonDerivedType(typeof(BidPlaced), "bid")]
[JsonDerivedType(typeof(Sold), "sold")]
[JsonDerivedType(typeof(Unlisted), "unlisted")]
[JsonDerivedType(typeof(Kept), "kept")]
[JsonDerivedType(typeof(Collected), "collected")]
[JsonDerivedType(typeof(RateSet), "rate")]
[JsonDerivedType(typeof(Requested), "requested")]
[JsonDerivedType(typeof(Delivered), "delivered")]
public abstract record MarketFact
{
    /// <param name="Cid">As it stands on chain: any bytes.</param>
    public sealed record Published(string TokenId, string Publisher, string Metadata, byte[] Cid) : MarketFact;

    /// <summary>The one token went from an account to another; from the zero address when it was made.</summary>
    public sealed record Moved(string TokenId, string From, string To) : MarketFact;

    public sealed record Listed(long ListingId, string TokenId, string Seller, ListedOffer Offer, DateTimeOffset? EndsAt) : MarketFact;

    public sealed record BidPlaced(long ListingId, string Bidder, BigInteger Amount, DateTimeOffset EndsAt) : MarketFact;

    public sealed record Sold(long ListingId, string TokenId, string Buyer, string Seller, BigInteger Price) : MarketFact;

    public sealed record Unlisted(long ListingId, string TokenId, string Seller) : MarketFact;

    public sealed record Kept(string TokenId, string Receiver) : MarketFact;

    public sealed record Collected(string TokenId, string Receiver, string To) : MarketFact;

    public sealed record RateSet(string Publisher, string Unit, BigInteger Rate) : MarketFact;

    public sealed record Requested(long RequestId, string TokenId, string Requester, byte[] PublicKey) : MarketFact;

    public sealed record Delivered(long RequestId, string TokenId, string Requester, byte[] Cid, string Receipt) : MarketFact;

    /// <summary>A token's id as 0x and 64 digits.</summary>
    public static string Token(BigInteger id) => "0x" + Convert.ToHexStringLower(id.ToByteArray(isUnsigned: true, isBigEndian: true)).PadLeft(64, '0');

    /// <summary>The facts of an event; none when it is about the credit. A batch of tokens is a fact for each.</summary>
    /// <exception cref="ArgumentException">The event is not one of the market's.</exception>
    public static IEnumerable<MarketFact> Of(object contractEvent) => contractEvent switch
    {
        DatasetMarket.PublishedEvent e => [new Published(Token(e.TokenId), $"{e.Publisher}", $"{e.Metadata}", e.Cid)],
        DatasetMarket.ListedEvent e => [new Listed(Number(e.ListingId), Token(e.TokenId), $"{e.Seller}", ListedOffer.Of(e.Offer), e.Offer.Duration == 0 ? null : Time(e.EndsAt))],
        DatasetMarket.BidPlacedEvent e => [new BidPlaced(Number(e.ListingId), $"{e.Bidder}", e.Amount, Time(e.EndsAt))],
        DatasetMarket.SoldEvent e => [new Sold(Number(e.ListingId), Token(e.TokenId), $"{e.Buyer}", $"{e.Seller}", e.Price)],
        DatasetMarket.UnlistedEvent e => [new Unlisted(Number(e.ListingId), Token(e.TokenId), $"{e.Seller}")],
        DatasetMarket.TokenKeptEvent e => [new Kept(Token(e.TokenId), $"{e.Receiver}")],
        DatasetMarket.TokenCollectedEvent e => [new Collected(Token(e.TokenId), $"{e.Receiver}", $"{e.To}")],
        DatasetMarket.RateSetEvent e => [new RateSet($"{e.Publisher}", $"{e.Unit}", e.Rate)],
        DatasetMarket.DataRequestedEvent e => [new Requested(Number(e.RequestId), Token(e.TokenId), $"{e.Requester}", e.PublicKey)],
        DatasetMarket.DataDeliveredEvent e => [new Delivered(Number(e.RequestId), Token(e.TokenId), $"{e.Requester}", e.Cid, $"{e.Receipt}")],
        MarketToken.TransferSingleEvent e => Movements(e.From, e.To, [e.Id], [e.Value]),
        MarketToken.TransferBatchEvent e => Movements(e.From, e.To, e.Ids, e.Values),
        _ => throw new ArgumentException($"{contractEvent.GetType().Name} is not an event of the market.", nameof(contractEvent)),
    };

    // Id 0 is the credit. Anybody may transfer none of a token, which changes nothing.
    private static IEnumerable<MarketFact> Movements(Address from, Address to, IReadOnlyList<BigInteger> ids, IReadOnlyList<BigInteger> values) =>
        from pair in ids.Zip(values)
        where !pair.First.IsZero && !pair.Second.IsZero
        select new Moved(Token(pair.First), $"{from}", $"{to}");

    private static long Number(BigInteger counter) => checked((long)counter);

    private static DateTimeOffset Time(ulong seconds) => DateTimeOffset.FromUnixTimeSeconds(checked((long)seconds));
}

/// <summary>An offer's terms (IDatasetMarket.Offer).</summary>
/// <param name="Price">Of a sale; of an auction the reserve.</param>
/// <param name="Unit">The unit of account of a sale's price; null for the credit itself.</param>
/// <param name="RateOf">Whose rate converts it.</param>
/// <param name="MaxRateAge">Seconds.</param>
/// <param name="Duration">Seconds; 0 makes it a sale.</param>
/// <param name="Extension">Seconds that remain at least after a bid.</param>
public sealed record ListedOffer(BigInteger Price, BigInteger Step, string? Unit, string? RateOf, long MaxRateAge, long Duration, long Extension)
{
    internal static ListedOffer Of(DatasetMarket.Offer o) => new(
        o.Price, o.Step, o.Unit == default ? null : o.Unit.ToString(), o.RateOf.IsZero ? null : o.RateOf.ToString(), o.MaxRateAge, o.Duration, o.Extension);
}
