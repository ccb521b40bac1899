using System.Numerics;
using Workers.Dashboard.Facts;
using Workers.Hosting.Data;

namespace Workers.Dashboard.Participants;

/// <summary>What an account has done in the market. What it owns now is counted from the datasets.</summary>
public sealed class ParticipantRow : IVersioned
{
    public required string Account { get; init; }

    public int Published { get; set; }

    public int Bought { get; set; }

    public int Sold { get; set; }

    /// <summary>Of what it bought and sold, in the credit's smallest unit.</summary>
    public BigInteger Volume { get; set; }

    public int Version { get; set; }

    /// <summary>Adds a fact, or takes one away again that vanished.</summary>
    internal void Count(Tally tally, int sign)
    {
        Published += sign * tally.Published;
        Bought += sign * tally.Bought;
        Sold += sign * tally.Sold;
        Volume += sign * tally.Volume;
    }
}

/// <summary>What one fact adds to one account.</summary>
internal sealed record Tally(string Account, int Published, int Bought, int Sold, BigInteger Volume)
{
    public static IEnumerable<Tally> Of(MarketFact fact) => fact switch
    {
        MarketFact.Published f => [new(f.Publisher, 1, 0, 0, 0)],
        MarketFact.Sold f when f.Buyer == f.Seller => [new(f.Buyer, 0, 1, 1, 2 * f.Price)],
        MarketFact.Sold f => [new(f.Buyer, 0, 1, 0, f.Price), new(f.Seller, 0, 0, 1, f.Price)],
        _ => [],
    };
}
