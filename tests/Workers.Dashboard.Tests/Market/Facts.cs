using System.Numerics;
using Contracts.Messages;
using Workers.Dashboard.Facts;

namespace Workers.Dashboard.Tests.Market;

/// <summary>Facts for tests, in the order in which they are made unless said otherwise.</summary>
internal sealed class Facts
{
    public const string Token = "0x00000000000000000000000000000000000000000000000000000000000000aa", Market = "0x00000000000000000000000000000000000000ff",
        Nobody = "0x0000000000000000000000000000000000000000", Alice = "0x00000000000000000000000000000000000000a1", Bob = "0x00000000000000000000000000000000000000b0";

    public static readonly DateTimeOffset End = DateTimeOffset.FromUnixTimeSeconds(2_000_000_000);

    public static readonly ListedOffer Sale = new(100, 0, null, null, 0, 0, 0);

    public static readonly ListedOffer Auction = new(100, 10, null, null, 0, 3_600, 60);

    private int _block;

    public List<FactRow> Rows { get; } = [];

    public Facts Add(params MarketFact[] facts) => At((ulong)++_block, $"0x{_block:x2}", facts);

    public Facts At(ulong block, string hash, params MarketFact[] facts)
    {
        foreach (var fact in facts)
        {
            var position = new LogPosition(1, block, hash, "0xdd", (uint)Rows.Count);
            Rows.Add(FactRow.Of(fact, 0, position, DateTimeOffset.FromUnixTimeSeconds((long)block), Market));
        }

        return this;
    }

    public FactRow[] Shuffled(int seed)
    {
        FactRow[] rows = [.. Rows];
        new Random(seed).Shuffle(rows);
        return rows;
    }

    /// <summary>Alice publishes.</summary>
    public static Facts Published() => new Facts().Add(new MarketFact.Moved(Token, Nobody, Alice), new MarketFact.Published(Token, Alice, "0x01", [1]));

    public Facts Offered(long listing, ListedOffer offer, string seller = Alice) =>
        Add(new MarketFact.Moved(Token, seller, Market), new MarketFact.Listed(listing, Token, seller, offer, offer.Duration == 0 ? null : End));

    public static MarketFact Bid(long listing, string bidder, BigInteger amount) => new MarketFact.BidPlaced(listing, bidder, amount, End);
}
