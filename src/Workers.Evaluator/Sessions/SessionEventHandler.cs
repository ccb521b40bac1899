using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Workers.Hosting.Messaging;

namespace Workers.Evaluator.Sessions;

/// <summary>
/// Keeps the facts of every session; they are added up again whenever one comes or vanishes, so neither their order nor a
/// reorganisation needs a rule of its own.
/// </summary>
public sealed class SessionEventHandler<TEvent>(EvaluatorDb db) : IHandler<Observed<TEvent>>, IHandler<Retracted<TEvent>>
    where TEvent : notnull
{
    /// <inheritdoc/>
    public async Task HandleAsync(Observed<TEvent> message, CancellationToken cancellationToken)
    {
        var (sessionId, fact) = SessionFact.Of(message.Event);
        var position = message.Position;
        var facts = await db.SessionFacts.Where(f => f.SessionId == sessionId).ToListAsync(cancellationToken);
        if (facts.Any(f => f.BlockHash == position.BlockHash && f.LogIndex == position.LogIndex))
        {
            return;
        }

        var row = new SessionFactRow
        {
            SessionId = sessionId,
            BlockNumber = checked((long)position.BlockNumber),
            BlockHash = position.BlockHash,
            LogIndex = position.LogIndex,
            Fact = JsonSerializer.Serialize(fact),
        };
        db.SessionFacts.Add(row);
        await UpdateAsync(sessionId, [.. facts, row], cancellationToken);
    }

    /// <inheritdoc/>
    public async Task HandleAsync(Retracted<TEvent> message, CancellationToken cancellationToken)
    {
        var (sessionId, _) = SessionFact.Of(message.Event);
        var facts = await db.SessionFacts.Where(f => f.SessionId == sessionId).ToListAsync(cancellationToken);
        var vanished = facts.SingleOrDefault(f => f.BlockHash == message.Position.BlockHash && f.LogIndex == message.Position.LogIndex)
            ?? throw new TooEarlyException($"the event {message.Position} was retracted before it was handled", TimeSpan.FromSeconds(1));
        db.SessionFacts.Remove(vanished);
        facts.Remove(vanished);
        await UpdateAsync(sessionId, facts, cancellationToken);
    }

    private async Task UpdateAsync(string sessionId, List<SessionFactRow> facts, CancellationToken cancellationToken)
    {
        var row = await db.Sessions.FindAsync([sessionId], cancellationToken);
        if (row is null)
        {
            row = new SessionRow { SessionId = sessionId };
            db.Sessions.Add(row);
        }

        var session = Session.Of(sessionId, facts);
        row.Collector = session.Terms?.Collector ?? "";
        row.State = session.State;
        row.IsOpen = session.State is not (SessionState.None or SessionState.Closed)
            || session.Participants.Values.Any(p => !p.HasDepositBack && !p.IsCondemned && p.Account != session.End?.Fact.Candidate);

        // Two facts of one session that are handled at once must not both add up without the other, even if neither changes the sum.
        row.Facts = facts.Count;
        if (db.Entry(row).State == EntityState.Unchanged)
        {
            db.Entry(row).State = EntityState.Modified;
        }

        db.Publish(new SessionChanged(sessionId));
    }
}
