using System.Text.Json.Serialization;
using Ethereum.Contracts;
using Workers.Hosting.Messaging;

namespace Workers.Oracle.Requests;

/// <summary>What an offence was; the names are the contract's (IPrivacyOracle.Offence).</summary>
public enum Offence
{
    OutvotedProfiles,
    RejectedProposal,
    OutvotedVote,
    Equivocation,
}

/// <summary>One thing that the contract said about a request.</summary>
[JsonDerivedType(typeof(Requested), "requested")]
[JsonDerivedType(typeof(Submitted), "submitted")]
[JsonDerivedType(typeof(Started), "started")]
[JsonDerivedType(typeof(Settled), "settled")]
[JsonDerivedType(typeof(Proposed), "proposed")]
[JsonDerivedType(typeof(Voted), "voted")]
[JsonDerivedType(typeof(Rejected), "rejected")]
[JsonDerivedType(typeof(HandedOver), "handed-over")]
[JsonDerivedType(typeof(Finalised), "finalised")]
[JsonDerivedType(typeof(Refused), "refused")]
[JsonDerivedType(typeof(Expired), "expired")]
[JsonDerivedType(typeof(Penalised), "penalised")]
[JsonDerivedType(typeof(Paid), "paid")]
[JsonDerivedType(typeof(Released), "released")]
public abstract record RequestFact
{
    public sealed record Requested(string Requester, RequestTerms Terms, string[] Committee, DateTimeOffset GatherBy, DateTimeOffset EndsAt) : RequestFact;

    public sealed record Submitted(string Node, int Order) : RequestFact;

    public sealed record Started(int Attempt, string Solver, DateTimeOffset ProposeBy) : RequestFact;

    public sealed record Settled(string ProfileDigest) : RequestFact;

    public sealed record Proposed(int Attempt, string Solver, Proposal Proposal, string Hash, DateTimeOffset VoteBy) : RequestFact;

    public sealed record Voted(string Node, int Attempt, bool Accept, string Evidence) : RequestFact;

    public sealed record Rejected(string Solver, int Attempt) : RequestFact;

    public sealed record HandedOver(string Solver, int Attempt) : RequestFact;

    public sealed record Finalised(string Solver, string Result, string Content, DateTimeOffset ExpiresAt) : RequestFact;

    public sealed record Refused(string Solver, string Result) : RequestFact;

    public sealed record Expired(ExpiryReason Reason) : RequestFact;

    public sealed record Penalised(string Node, Offence Offence, decimal Amount) : RequestFact;

    public sealed record Paid(string Node, decimal Amount) : RequestFact;

    public sealed record Released : RequestFact;

    /// <summary>The request's id and the fact.</summary>
    /// <param name="contractEvent">One of the contract's events that name a request.</param>
    /// <exception cref="RejectedException">The event is of another kind.</exception>
    public static (string RequestId, RequestFact Fact) Of(object contractEvent) => contractEvent switch
    {
        PrivacyOracle.RequestedEvent e => (e.RequestId.ToString(), new Requested(
            e.Requester.ToString(), RequestTerms.Of(e.Terms), [.. e.Committee.Select(n => n.ToString())], RequestTerms.Time(e.GatherBy), RequestTerms.Time(e.EndsAt))),
        PrivacyOracle.ProfilesSubmittedEvent e => (e.RequestId.ToString(), new Submitted(e.Node.ToString(), (int)e.Order)),
        PrivacyOracle.AttemptStartedEvent e => (e.RequestId.ToString(), new Started((int)e.Attempt, e.Solver.ToString(), RequestTerms.Time(e.ProposeBy))),
        PrivacyOracle.ProfilesSettledEvent e => (e.RequestId.ToString(), new Settled(e.ProfileDigest.ToString())),
        PrivacyOracle.ProposedEvent e => (e.RequestId.ToString(), new Proposed(
            (int)e.Attempt, e.Solver.ToString(), Proposal.Of(e.Proposal), e.ProposalHash.ToString(), RequestTerms.Time(e.VoteBy))),
        PrivacyOracle.VotedEvent e => (e.RequestId.ToString(), new Voted(e.Node.ToString(), (int)e.Attempt, e.Accept, e.Evidence.ToString())),
        PrivacyOracle.ProposalRejectedEvent e => (e.RequestId.ToString(), new Rejected(e.Solver.ToString(), (int)e.Attempt)),
        PrivacyOracle.HandedOverEvent e => (e.RequestId.ToString(), new HandedOver(e.Solver.ToString(), (int)e.Attempt)),
        PrivacyOracle.ModelFinalisedEvent e => (e.RequestId.ToString(), new Finalised(e.Solver.ToString(), e.Result.ToString(), e.Content.ToString(), RequestTerms.Time(e.ExpiresAt))),
        PrivacyOracle.RequestRefusedEvent e => (e.RequestId.ToString(), new Refused(e.Solver.ToString(), e.Result.ToString())),
        PrivacyOracle.RequestExpiredEvent e => (e.RequestId.ToString(), new Expired((ExpiryReason)e.Reason)),
        PrivacyOracle.PenalisedEvent e => (e.RequestId.ToString(), new Penalised(e.Node.ToString(), (Offence)e.Offence, RequestTerms.Amount(e.Amount))),
        PrivacyOracle.FeePaidEvent e => (e.RequestId.ToString(), new Paid(e.Node.ToString(), RequestTerms.Amount(e.Amount))),
        PrivacyOracle.ReleasedEvent e => (e.RequestId.ToString(), new Released()),
        _ => throw new RejectedException($"{contractEvent.GetType().Name} is not an event of a request."),
    };
}
