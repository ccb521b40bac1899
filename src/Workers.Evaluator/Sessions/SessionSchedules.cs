using Contracts.Messages;
using Microsoft.EntityFrameworkCore;
using Workers.Evaluator.Collecting;
using Workers.Hosting.Messaging;

namespace Workers.Evaluator.Sessions;

/// <summary>Look at every open session: a deadline may have passed without any event. Sent by the schedule.</summary>
public sealed record SweepSessions;

/// <summary>Wakes every open session, and those that are on their way to the chain.</summary>
public sealed class SweepSessionsHandler(EvaluatorDb db) : IHandler<SweepSessions>
{
    /// <inheritdoc/>
    public async Task HandleAsync(SweepSessions message, CancellationToken cancellationToken)
    {
        var opening = db.Collections.Where(c => c.State == CollectionState.Opening).Select(c => c.SessionId);
        await foreach (var id in db.Sessions.Where(s => s.IsOpen).Select(s => s.SessionId).Union(opening).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            db.Publish(new SessionChanged(id));
        }
    }
}

/// <summary>The chain became final up to a block, and that is saved.</summary>
/// <param name="After">The last block that was final before; −1 when none was.</param>
/// <param name="Through">The last block that is final now.</param>
public sealed record FinalityAdvanced(long After, long Through);

/// <summary>Remembers how far the chain is final.</summary>
public sealed class SessionFinalityHandler(EvaluatorDb db, SessionChain chain) : IHandler<ChainFinalised>
{
    /// <inheritdoc/>
    public async Task HandleAsync(ChainFinalised message, CancellationToken cancellationToken)
    {
        if (await chain.AdvanceAsync(message, cancellationToken) is { } before)
        {
            db.Publish(new FinalityAdvanced(before, checked((long)message.BlockNumber)));
        }
    }
}

/// <summary>
/// Looks again at the sessions that waited for finality, in a unit of work after the one that saved how far it reaches: what was saved before that is found here, and what is saved later finds
/// itself final. Looked for within that unit of work, one that is saved meanwhile would be missed by both.
/// </summary>
public sealed class FinalityAdvancedHandler(EvaluatorDb db) : IHandler<FinalityAdvanced>
{
    /// <inheritdoc/>
    public async Task HandleAsync(FinalityAdvanced message, CancellationToken cancellationToken)
    {
        await foreach (var id in db.SessionFacts.Where(f => f.BlockNumber > message.After && f.BlockNumber <= message.Through)
            .Select(f => f.SessionId).Distinct().AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            db.Publish(new SessionChanged(id));
        }
    }
}

/// <summary>Whatever became of an approval, the sessions that wait for it look again.</summary>
public sealed class SessionAllowanceHandler(EvaluatorDb db) : IHandler<TransactionOutcome>
{
    /// <inheritdoc/>
    public async Task HandleAsync(TransactionOutcome message, CancellationToken cancellationToken)
    {
        if (Hosting.Transactions.Allowance.IsKey(message.Key))
        {
            await new SweepSessionsHandler(db).HandleAsync(new SweepSessions(), cancellationToken);
        }
    }
}
