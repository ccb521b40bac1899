using System.Text.Json.Serialization;
using Ethereum.Contracts;
using Workers.Hosting.Messaging;

namespace Workers.Evaluator.Sessions;

/// <summary>One thing that the contract said about a session.</summary>
[JsonDerivedType(typeof(Created), "created")]
[JsonDerivedType(typeof(Registered), "registered")]
[JsonDerivedType(typeof(Sampled), "sampled")]
[JsonDerivedType(typeof(Submitted), "submitted")]
[JsonDerivedType(typeof(Named), "named")]
[JsonDerivedType(typeof(Reviewed), "reviewed")]
[JsonDerivedType(typeof(Chosen), "chosen")]
[JsonDerivedType(typeof(Claimed), "claimed")]
[JsonDerivedType(typeof(Settled), "settled")]
[JsonDerivedType(typeof(DepositTaken), "deposit-taken")]
public abstract record SessionFact
{
    public sealed record Created(SessionTerms Terms) : SessionFact;

    public sealed record Registered(string Provider, int Shards, string Commitment) : SessionFact;

    public sealed record Sampled(string Provider, uint Seed) : SessionFact;

    public sealed record Submitted(string Provider, byte[] SealedFeatures) : SessionFact;

    public sealed record Named(string Provider, DateTimeOffset ReviewBy) : SessionFact;

    public sealed record Reviewed(string Provider, string[] Keys, string[] Salts, byte[] SealedKey, DateTimeOffset DecideBy) : SessionFact;

    public sealed record Chosen(string Provider, DateTimeOffset ClaimBy) : SessionFact;

    public sealed record Claimed(string Provider, string ClaimKey, string[] Keys) : SessionFact;

    public sealed record Settled(string Candidate, SessionOutcome Outcome, decimal ToCollector, decimal ToCandidate) : SessionFact;

    public sealed record DepositTaken(string Provider) : SessionFact;

    /// <summary>The session's id and the fact.</summary>
    /// <param name="contractEvent">One of the contract's events that name a session.</param>
    /// <exception cref="RejectedException">The event is of another kind.</exception>
    public static (string SessionId, SessionFact Fact) Of(object contractEvent) => contractEvent switch
    {
        TradingSessions.SessionCreatedEvent e => (e.SessionId.ToString(), new Created(SessionTerms.Of(e.Terms))),
        TradingSessions.RegisteredEvent e => (e.SessionId.ToString(), new Registered(e.Provider.ToString(), e.Shards, e.Commitment.ToString())),
        TradingSessions.DataSampledEvent e => (e.SessionId.ToString(), new Sampled(e.Provider.ToString(), e.Seed)),
        TradingSessions.FeaturesSubmittedEvent e => (e.SessionId.ToString(), new Submitted(e.Provider.ToString(), e.SealedFeatures)),
        TradingSessions.CandidateSetEvent e => (e.SessionId.ToString(), new Named(e.Provider.ToString(), SessionTerms.Time(e.ReviewBy))),
        TradingSessions.ReviewSubmittedEvent e => (e.SessionId.ToString(), new Reviewed(
            e.Provider.ToString(), [.. e.Keys.Select(k => k.ToString())], [.. e.Salts.Select(s => s.ToString())], e.SealedKey, SessionTerms.Time(e.DecideBy))),
        TradingSessions.OptimalSetEvent e => (e.SessionId.ToString(), new Chosen(e.Provider.ToString(), SessionTerms.Time(e.ClaimBy))),
        TradingSessions.RewardClaimedEvent e => (e.SessionId.ToString(), new Claimed(e.Provider.ToString(), e.ClaimKey.ToString(), [.. e.Keys.Select(k => k.ToString())])),
        TradingSessions.SettledEvent e => (e.SessionId.ToString(), new Settled(
            e.Candidate.ToString(), (SessionOutcome)e.Outcome, SessionTerms.Amount(e.ToCollector), SessionTerms.Amount(e.ToCandidate))),
        TradingSessions.DepositClaimedEvent e => (e.SessionId.ToString(), new DepositTaken(e.Provider.ToString())),
        _ => throw new RejectedException($"{contractEvent.GetType().Name} is not an event of a session."),
    };
}
