using Workers.Evaluator.Arbitrating;
using Workers.Evaluator.Sessions;
using Workers.Evaluator.Tests.Sessions;

namespace Workers.Evaluator.Tests.Arbitrating;

public sealed class ArbitratingPolicyTests
{
    private static readonly DateTimeOffset Deadline = SessionFoldTests.Terms.Expiry;
    private static readonly BlockPosition Accusation = new(9, "block 9");
    private static readonly string Arbiter = SessionFoldTests.Terms.Arbiter, Collector = SessionFoldTests.Terms.Collector;

    private static SessionFact[] Reviewed =>
    [
        new SessionFact.Created(SessionFoldTests.Terms), new SessionFact.Registered("a", 20, "c"), new SessionFact.Sampled("a", 5), new SessionFact.Submitted("a", [1]),
        new SessionFact.Named("a", Deadline), new SessionFact.Reviewed("a", ["k"], ["s"], [3], Deadline),
    ];

    [Fact]
    public void An_accusation_is_heard_from_the_collector_by_the_arbiter_of_the_session()
    {
        Assert.IsType<ArbitrateStep.Hear>(OnAccused(Reviewed));
        Assert.IsType<ArbitrateStep.Ignore>(OnAccused(Reviewed, accuser: "0x00000000000000000000000000000000000000c1"));
        Assert.IsType<ArbitrateStep.Ignore>(OnAccused(Reviewed, arbiter: "0x00000000000000000000000000000000000000ac"));
    }

    [Fact]
    public void An_accusation_that_overtakes_its_session_waits_but_not_one_of_what_is_no_session()
    {
        Assert.IsType<ArbitrateStep.Wait>(OnAccused([], isOnChain: true));
        Assert.IsType<ArbitrateStep.Ignore>(OnAccused([], isOnChain: false));
    }

    [Fact]
    public void A_review_is_inspected_once_it_and_the_accusation_are_final()
    {
        Assert.Equal("a", Assert.IsType<ArbitrateStep.Inspect>(OnJudging(Reviewed)).Candidate.Account);
        Assert.IsType<ArbitrateStep.Wait>(OnJudging(Reviewed, final: 8));
        Assert.IsType<ArbitrateStep.Wait>(ArbitratingPolicy.OnJudging(Fold(Reviewed), block => block == Accusation, Accusation, Deadline));
    }

    [Fact]
    public void An_accusation_that_overtakes_its_review_waits()
    {
        Assert.IsType<ArbitrateStep.Wait>(OnJudging(Reviewed[..^1]));
        Assert.IsType<ArbitrateStep.Wait>(OnJudging(Reviewed[..4]));
        Assert.IsType<ArbitrateStep.Wait>(OnJudging([.. Reviewed[..3], .. Reviewed[4..]]));
        Assert.IsType<ArbitrateStep.Wait>(OnJudging([]));
    }

    [Fact]
    public void What_comes_too_late_is_dismissed_without_looking()
    {
        Assert.IsType<ArbitrateStep.Dismiss>(OnJudging(Reviewed, time: Deadline + TimeSpan.FromSeconds(1)));
        Assert.IsType<ArbitrateStep.Dismiss>(OnJudging([.. Reviewed, new SessionFact.Chosen("a", Deadline)], final: -1));
        Assert.IsType<ArbitrateStep.Dismiss>(OnJudging([.. Reviewed, new SessionFact.Settled("a", SessionOutcome.WalkedAway, 0, 100)], final: -1));
    }

    private static ArbitrateStep OnAccused(SessionFact[] facts, bool isOnChain = true, string? arbiter = null, string? accuser = null) =>
        ArbitratingPolicy.OnAccused(Fold(facts), isOnChain, arbiter ?? Arbiter, accuser ?? Collector);

    private static ArbitrateStep OnJudging(SessionFact[] facts, int final = int.MaxValue, DateTimeOffset? time = null) =>
        ArbitratingPolicy.OnJudging(Fold(facts), block => block.Number <= final, Accusation, time ?? Deadline);

    private static Session Fold(SessionFact[] facts) => Session.Of("0x01", SessionFoldTests.Rows(facts));
}
