using System.Numerics;
using Ethereum;
using Ethereum.Contracts;
using Workers.Hosting.Members;
using Workers.Penalties.Filing;

namespace Workers.Penalties.Tests.Filing;

public sealed class FilingPolicyTests
{
    private static readonly Evidence Accusation = new DoubleClaimEvidence(
        new SignedForward(new Conduct.Forward(Address.Parse("0x00000000000000000000000000000000000000aa"), Address.Zero, Hash32.Zero, Hash32.Zero), []),
        new SignedForward(new Conduct.Forward(Address.Parse("0x00000000000000000000000000000000000000aa"), Address.Zero, Hash32.Zero, Hash32.Zero), []));

    private static readonly CaseKnowledge Known = new(Holds: true, IsMember: true, IsLockedForEver: false, Bond: 20, Fine: 20, Age: TimeSpan.FromHours(1), Keeping: TimeSpan.FromDays(1));

    [Fact]
    public void What_holds_is_filed_and_explained()
    {
        var (state, sentence) = FilingPolicy.Decide(Accusation, Known);
        Assert.Equal(CaseState.Filed, state);
        Assert.Equal("0x00000000000000000000000000000000000000aa is accused of a double claim: it signed two forwards with one query, or with one payload.", sentence);
    }

    [Fact]
    public void What_does_not_hold_is_dismissed_before_it_costs_a_fine() =>
        Assert.Equal(CaseState.Dismissed, FilingPolicy.Decide(Accusation, Known with { Holds = false, Bond = BigInteger.Pow(10, 30) }).State);

    [Fact]
    public void What_could_be_too_old_in_its_block_is_dismissed()
    {
        Assert.Equal(CaseState.Filed, FilingPolicy.Decide(Accusation, Known with { Age = TimeSpan.FromDays(1) - TimeSpan.FromMinutes(10) }).State);
        Assert.Equal(CaseState.Dismissed, FilingPolicy.Decide(Accusation, Known with { Age = TimeSpan.FromDays(1) - TimeSpan.FromMinutes(9) }).State);

        // Where statements count for minutes only, a quarter of that is kept.
        Assert.Equal(CaseState.Filed, FilingPolicy.Decide(Accusation, Known with { Age = TimeSpan.FromSeconds(45), Keeping = TimeSpan.FromMinutes(1) }).State);
        Assert.Equal(CaseState.Dismissed, FilingPolicy.Decide(Accusation, Known with { Age = TimeSpan.FromSeconds(46), Keeping = TimeSpan.FromMinutes(1) }).State);
    }

    /// <summary>Keys cost nothing, and a bill costs gas.</summary>
    [Fact]
    public void Of_whom_nothing_can_be_taken_nobody_is_accused()
    {
        Assert.Equal(CaseState.Dismissed, FilingPolicy.Decide(Accusation, Known with { IsMember = false }).State);
        Assert.Equal(CaseState.Dismissed, FilingPolicy.Decide(Accusation, Known with { IsLockedForEver = true }).State);
    }

    [Fact]
    public void Who_has_no_bond_waits_and_is_told()
    {
        var (state, sentence) = FilingPolicy.Decide(Accusation, Known with { Bond = 19 });
        Assert.Equal(CaseState.Waiting, state);
        Assert.Contains("bond of 19", sentence, StringComparison.Ordinal);
    }
}
