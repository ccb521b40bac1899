using System.Collections.Immutable;
using System.Text.Json;
using Workers.Hosting.Chain;

namespace Workers.Evaluator.Sessions;

/// <summary>Where a session stands; the names are the contract's (ITradingSessions.State).</summary>
public enum SessionState
{
    /// <summary>Its creation has not come yet, or has vanished.</summary>
    None,
    Pending,
    Reviewing,
    Reviewed,
    Closed,
}

/// <summary>How a session, or a candidate's part in it, ended; the names are the contract's (ITradingSessions.Outcome).</summary>
public enum SessionOutcome
{
    Abandoned,
    WalkedAway,
    Traded,
    ReviewMissing,
    ClaimMissing,
    Condemned,
}

/// <summary>A block of the chain that a fact stands in.</summary>
public readonly record struct BlockPosition(long Number, string Hash);

/// <summary>One provider's part in a session, as the chain tells it.</summary>
/// <param name="Registration">Its shards and commitment.</param>
/// <param name="Sampling">Null until the collector has drawn its sample; likewise the others.</param>
/// <param name="IsCondemned">Its deposit is lost, it is out of the session.</param>
public sealed record Participant(
    At<SessionFact.Registered> Registration,
    At<SessionFact.Sampled>? Sampling = null,
    At<SessionFact.Submitted>? Submission = null,
    At<SessionFact.Reviewed>? Review = null,
    bool IsCondemned = false,
    bool HasDepositBack = false)
{
    public string Account => Registration.Fact.Provider;
}

/// <summary>A fact and its block.</summary>
public sealed record At<TFact>(TFact Fact, BlockPosition Block)
    where TFact : SessionFact;

/// <summary>A session as its facts add up to it, in the chain's order, whatever order they came in.</summary>
public sealed record Session(string Id)
{
    public SessionTerms? Terms { get; private init; }

    public SessionState State { get; private init; }

    /// <summary>Of the present step.</summary>
    public DateTimeOffset Deadline { get; private init; }

    /// <summary>The providers by account.</summary>
    public ImmutableSortedDictionary<string, Participant> Participants { get; private init; } = ImmutableSortedDictionary.Create<string, Participant>(StringComparer.Ordinal);

    /// <summary>Who is reviewed now, or was chosen.</summary>
    public At<SessionFact.Named>? Naming { get; private init; }

    public At<SessionFact.Chosen>? Choice { get; private init; }

    public At<SessionFact.Claimed>? Claim { get; private init; }

    /// <summary>How it ended.</summary>
    public At<SessionFact.Settled>? End { get; private init; }

    /// <summary>Candidates whose review was condemned.</summary>
    public ImmutableArray<At<SessionFact.Settled>> Condemnations { get; private init; } = [];

    /// <summary>The candidate's part; null without a candidate.</summary>
    public Participant? Candidate => Naming is { } naming ? Participants.GetValueOrDefault(naming.Fact.Provider) : null;

    /// <summary>Adds up facts.</summary>
    public static Session Of(string id, IEnumerable<SessionFactRow> facts) =>
        facts.InChainOrder()
            .Aggregate(new Session(id), (session, row) => session.With(JsonSerializer.Deserialize<SessionFact>(row.Fact)!, new BlockPosition(row.BlockNumber, row.BlockHash)));

    // The id is the hash of the terms, so a creation in another block is the same one. What it builds on may come later, or have vanished: then a fact says nothing.
    private Session With(SessionFact fact, BlockPosition block) => fact switch
    {
        SessionFact.Created created => State == SessionState.None ? this with { Terms = created.Terms, State = SessionState.Pending, Deadline = created.Terms.Expiry } : this,
        _ when State == SessionState.None => this,
        SessionFact.Registered registered => Join(new Participant(new(registered, block))),
        SessionFact.Sampled sampled => Change(sampled.Provider, p => p with { Sampling = new(sampled, block) }),
        SessionFact.Submitted submitted => Change(submitted.Provider, p => p with { Submission = new(submitted, block) }),
        SessionFact.Named named => this with { State = SessionState.Reviewing, Deadline = named.ReviewBy, Naming = new(named, block) },
        SessionFact.Reviewed reviewed => Change(reviewed.Provider, p => p with { Review = new(reviewed, block) }) with { Deadline = reviewed.DecideBy },
        SessionFact.Chosen chosen => this with { State = SessionState.Reviewed, Deadline = chosen.ClaimBy, Choice = new(chosen, block) },
        SessionFact.Claimed claimed => this with { Claim = new(claimed, block) },
        SessionFact.Settled { Outcome: SessionOutcome.Condemned } condemned => Change(condemned.Candidate, p => p with { IsCondemned = true }) with
        {
            State = SessionState.Pending,
            Deadline = Terms!.Expiry,
            Naming = null,
            Condemnations = Condemnations.Add(new(condemned, block)),
        },
        SessionFact.Settled settled => this with { State = SessionState.Closed, End = new(settled, block) },
        SessionFact.DepositTaken taken => Change(taken.Provider, p => p with { HasDepositBack = true }),
        _ => this,
    };

    /// <summary>A condemned provider may register again; what it did before is over.</summary>
    private Session Join(Participant participant) => this with { Participants = Participants.SetItem(participant.Account, participant) };

    private Session Change(string account, Func<Participant, Participant> change) =>
        Participants.TryGetValue(account, out var participant) ? this with { Participants = Participants.SetItem(account, change(participant)) } : this;
}
