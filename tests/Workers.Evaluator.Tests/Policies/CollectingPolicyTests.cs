using Workers.Evaluator.Collecting;
using Workers.Evaluator.Sessions;
using Workers.Evaluator.Tests.Sessions;

namespace Workers.Evaluator.Tests.Policies;

public sealed class CollectingPolicyTests
{
    private static readonly DateTimeOffset Now = SessionFoldTests.Terms.Expiry - TimeSpan.FromMinutes(30), Last = SessionFoldTests.Terms.Expiry - TimeSpan.FromMinutes(5);

    private static SessionFact[] Two =>
    [
        new SessionFact.Created(SessionFoldTests.Terms), new SessionFact.Registered("a", 20, "c"), new SessionFact.Registered("b", 20, "c"),
        new SessionFact.Sampled("a", 5), new SessionFact.Sampled("b", 5), new SessionFact.Submitted("a", [1]), new SessionFact.Submitted("b", [2]),
    ];

    [Fact]
    public void A_sample_is_drawn_once_the_registration_is_final()
    {
        SessionFact[] facts = [new SessionFact.Created(SessionFoldTests.Terms), new SessionFact.Registered("a", 20, "c")];
        Assert.Empty(Next(facts, final: -1));
        Assert.Equal([new CollectStep.Sample("a")], Next(facts));
    }

    [Fact]
    public void Features_are_scored_once()
    {
        Assert.Equal([new CollectStep.Score("a", "01"), new CollectStep.Score("b", "02")], Next(Two));
        Assert.Equal([new CollectStep.Score("b", "02")], Next(Two, scores: [Scored("a", 0.9)]));
    }

    [Fact]
    public void What_is_being_scored_is_neither_scored_again_nor_counted()
    {
        var pending = Scored("b", 0);
        pending.IsPending = true;
        Assert.Empty(Next(Two, scores: [Scored("a", 0.5), pending], enough: 2));
        Assert.Equal([new CollectStep.Name("a")], Next(Two, scores: [Scored("a", 0.5), pending], time: Last));
    }

    [Fact]
    public void An_announcement_that_a_reorganisation_replaced_is_scored_anew()
    {
        var former = Scored("b", 0.9);
        former.BundleHash = "03";
        Assert.Equal([new CollectStep.Score("b", "02")], Next(Two, scores: [Scored("a", 0.5), former]));
    }

    [Fact]
    public void The_best_is_named_when_enough_are_scored_or_time_runs_out()
    {
        ScoreRow[] scores = [Scored("a", 0.5), Scored("b", 0.7)];
        Assert.Empty(Next(Two, scores: scores));
        Assert.Equal([new CollectStep.Name("b")], Next(Two, scores: scores, enough: 2));
        Assert.Equal([new CollectStep.Name("b")], Next(Two, scores: scores, time: Last));
    }

    [Fact]
    public void A_better_provider_whose_features_are_not_final_yet_is_waited_for()
    {
        ScoreRow[] scores = [Scored("a", 0.5), Scored("b", 0.7)];
        Assert.Empty(Next(Two, final: 5, scores: scores, enough: 2));
        Assert.Equal([new CollectStep.Name("a")], Next(Two, final: 5, scores: scores, time: Last));
    }

    [Fact]
    public void Nobody_below_the_minimum_or_without_a_score_is_named_and_the_session_ends()
    {
        ScoreRow[] scores = [Scored("a", 0.29), Scored("b", 0, "NaN")];
        Assert.Empty(Next(Two, scores: scores, enough: 2, minimum: 0.3));
        Assert.Equal([new CollectStep.Close()], Next(Two, scores: scores, time: Last, minimum: 0.3));
    }

    [Fact]
    public void A_condemned_candidate_is_followed_by_the_next_best()
    {
        SessionFact[] facts = [.. Two, new SessionFact.Named("b", Now), new SessionFact.Settled("b", SessionOutcome.Condemned, 50, 0)];
        Assert.Equal([new CollectStep.Name("a")], Next(facts, scores: [Scored("a", 0.5), Scored("b", 0.7)], enough: 2));
    }

    [Fact]
    public void A_review_is_looked_into_once_final_and_then_taken_accused_or_left()
    {
        SessionFact[] facts = [.. Two, new SessionFact.Named("b", Now), new SessionFact.Reviewed("b", [], [], [], Last)];
        Assert.Empty(Next(facts, final: 7));
        Assert.Equal([new CollectStep.Inspect("b", "block 8")], Next(facts));
        Assert.Equal([new CollectStep.Choose("b")], Next(facts, inspection: Inspected(null, null)));
        Assert.Equal([new CollectStep.Close()], Next(facts, inspection: Inspected("false", null)));
        Assert.Empty(Next(facts, inspection: Inspected("false", "0x01")));
        Assert.Equal([new CollectStep.Close()], Next(facts, inspection: Inspected("false", "0x01"), time: Last - TimeSpan.FromMinutes(2)));
    }

    [Fact]
    public void Whoever_falls_silent_is_closed_upon()
    {
        SessionFact[] named = [.. Two, new SessionFact.Named("b", Now)];
        SessionFact[] chosen = [.. named, new SessionFact.Reviewed("b", [], [], [], Now), new SessionFact.Chosen("b", Now)];
        var later = Now + TimeSpan.FromSeconds(1);
        Assert.Empty(Next(named));
        Assert.Equal([new CollectStep.Close()], Next(named, time: later));
        Assert.Empty(Next(chosen));
        Assert.Equal([new CollectStep.Close()], Next(chosen, time: later));
        Assert.Equal([new CollectStep.Close()], Next(Two, time: SessionFoldTests.Terms.Expiry + TimeSpan.FromSeconds(1)));
    }

    private static ScoreRow Scored(string provider, double score, string? problem = null) =>
        new() { SessionId = "0x01", Provider = provider, BundleHash = provider == "a" ? "01" : "02", At = Now, Score = score, Problem = problem };

    private static InspectionRow Inspected(string? problem, string? evidence) =>
        new() { SessionId = "0x01", Provider = "b", ReviewBlockHash = "block 8", Problem = problem, EvidenceHash = evidence };

    private static List<CollectStep> Next(
        SessionFact[] facts, int final = int.MaxValue, ScoreRow[]? scores = null, InspectionRow? inspection = null, DateTimeOffset? time = null, int enough = 0, double minimum = 0) =>
        [.. CollectingPolicy.Next(
            Session.Of("0x01", SessionFoldTests.Rows(facts)), block => block.Number <= final, scores ?? [], inspection, time ?? Now,
            new CollectingOptions { EnoughProviders = enough, MinimumScore = minimum })];
}
