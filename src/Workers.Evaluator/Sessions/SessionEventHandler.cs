using System.Text.Json;
using Contracts.Messages;
using Workers.Hosting.Chain;
using Workers.Hosting.Data;

namespace Workers.Evaluator.Sessions;

/// <summary>Keeps the facts of every session.</summary>
public sealed class SessionEventHandler<TEvent>(EvaluatorDb db) : FactHandler<TEvent, string, SessionFactRow>(db)
    where TEvent : notnull
{
    /// <inheritdoc/>
    protected override (string Key, SessionFactRow Row) Read(TEvent contractEvent, LogPosition position)
    {
        ArgumentNullException.ThrowIfNull(position);
        var (sessionId, fact) = SessionFact.Of(contractEvent);
        return (sessionId, new SessionFactRow
        {
            SessionId = sessionId,
            BlockNumber = checked((long)position.BlockNumber),
            BlockHash = position.BlockHash,
            LogIndex = position.LogIndex,
            Fact = JsonSerializer.Serialize(fact),
        });
    }

    /// <inheritdoc/>
    protected override IQueryable<SessionFactRow> FactsOf(string key) => db.SessionFacts.Where(f => f.SessionId == key);

    /// <inheritdoc/>
    protected override async Task<IVersioned> AddUpAsync(string key, IReadOnlyList<SessionFactRow> facts, CancellationToken cancellationToken)
    {
        var row = await db.Sessions.FindAsync([key], cancellationToken) ?? db.Sessions.Add(new SessionRow { SessionId = key }).Entity;
        var session = Session.Of(key, facts);
        row.Collector = session.Terms?.Collector ?? "";
        row.State = session.State;
        row.IsOpen = session.State is not (SessionState.None or SessionState.Closed)
            || session.Participants.Values.Any(p => !p.HasDepositBack && !p.IsCondemned && p.Account != session.End?.Fact.Candidate);
        row.Facts = facts.Count;
        db.Publish(new SessionChanged(key));
        return row;
    }
}
