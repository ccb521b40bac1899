using Mechanisms.Mobility;
using Workers.Oracle.Terms;

namespace Workers.Oracle.Tests.Terms;

/// <summary>A document that every node can work by: two members in a grid of four cells of about a kilometre.</summary>
internal static class TermsSamples
{
    public const string Anna = "0x00000000000000000000000000000000000000c1", Bert = "0x00000000000000000000000000000000000000c2";

    public static AreaTerms Grid { get; } = new(Grid: [52, 13, 52.02, 13.03], Side: 2);

    public static GameTerms Terms { get; } = new(
        1, [Member(Anna), Member(Bert)], Grid, Quorum: 1, MaxProfileAge: 86_400, Interval: 600, MaxGap: 3_600, MaxSpeed: 150, Smoothing: 0.5, OtherMemberDistance: 1, CostPerKilometre: 1,
        OtherMemberCost: 0.5, Beta: 0.2, Alpha: 0.7);

    public static MemberTerms Member(string account, params string[] sources) =>
        new(account, Ethereum.Keccak256.Hash(account).ToString(), sources.Length > 0 ? [.. sources] : ["https://a.example/p", "https://b.example/p"]);
}
