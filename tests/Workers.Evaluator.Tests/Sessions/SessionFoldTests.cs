using System.Text.Json;
using Ethereum;
using Workers.Evaluator.Sessions;

namespace Workers.Evaluator.Tests.Sessions;

public sealed class SessionFoldTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    public static SessionTerms Terms { get; } = new(
        "0x00000000000000000000000000000000000000c0", 1_000, 50, 1_000, Start + TimeSpan.FromHours(1), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(30),
        "0x00000000000000000000000000000000000000ab", Keccak256.Hash("extractor").ToString(), Keccak256.Hash("agreement").ToString());

    [Fact]
    public void Facts_in_any_order_add_up_to_the_same_session()
    {
        var facts = Rows(
            new SessionFact.Created(Terms), new SessionFact.Registered("a", 20, "c"), new SessionFact.Registered("b", 30, "d"), new SessionFact.Sampled("a", 5),
            new SessionFact.Sampled("b", 6), new SessionFact.Submitted("a", [1]), new SessionFact.Submitted("b", [2]), new SessionFact.Named("a", Start),
            new SessionFact.Reviewed("a", ["k"], ["s"], [3], Start), new SessionFact.Settled("a", SessionOutcome.Condemned, 50, 0), new SessionFact.Named("b", Start),
            new SessionFact.Reviewed("b", ["k"], ["s"], [3], Start), new SessionFact.Chosen("b", Start), new SessionFact.Claimed("b", "key", ["k"]),
            new SessionFact.Settled("b", SessionOutcome.Traded, 0, 1_050));
        var expected = Session.Of("0x01", facts);
        Assert.Equal((SessionState.Closed, "b", true, SessionOutcome.Traded), (expected.State, expected.Naming!.Fact.Provider, expected.Participants["a"].IsCondemned, expected.End!.Fact.Outcome));
        var random = new Random(7);
        for (var i = 0; i < 100; i++)
        {
            random.Shuffle(facts);
            Assert.Equal(JsonSerializer.Serialize(expected), JsonSerializer.Serialize(Session.Of("0x01", facts)));
        }
    }

    [Fact]
    public void After_a_condemnation_the_session_waits_for_another_candidate_until_expiry()
    {
        var session = Session.Of("0x01", Rows(
            new SessionFact.Created(Terms), new SessionFact.Registered("a", 20, "c"), new SessionFact.Named("a", Start), new SessionFact.Settled("a", SessionOutcome.Condemned, 50, 0)));
        Assert.Equal((SessionState.Pending, Terms.Expiry, (object?)null), (session.State, session.Deadline, session.Naming));
    }

    [Fact]
    public void Facts_without_the_session_say_nothing()
    {
        var session = Session.Of("0x01", Rows(new SessionFact.Registered("a", 20, "c"), new SessionFact.Named("a", Start)));
        Assert.Equal((SessionState.None, 0), (session.State, session.Participants.Count));
    }

    internal static SessionFactRow[] Rows(params SessionFact[] facts) =>
        [.. facts.Select((fact, i) => new SessionFactRow { SessionId = "0x01", BlockNumber = i, BlockHash = $"block {i}", LogIndex = 0, Fact = JsonSerializer.Serialize(fact) })];
}
