using System.Globalization;
using Contracts.Messages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Hosting.Messaging;
using Workers.Hosting.Transactions;

namespace Workers.Collaboration.Queries;

/// <summary>Wakes queries and duties that are due.</summary>
public sealed class SweepQueriesHandler(CollaborationDb db, IOptions<QueryOptions> options, TimeProvider clock) : IHandler<SweepQueries>
{
    private const int AtOnce = 100;

    /// <summary>The look at a query waits for others and says itself when the next one is due; this is for one that never ends. Two at once would only wait twice.</summary>
    private static readonly TimeSpan LongestLook = TimeSpan.FromMinutes(3);

    /// <inheritdoc/>
    public async Task HandleAsync(SweepQueries message, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        foreach (var row in await db.Queries.Where(q => q.NextAt <= now).OrderBy(q => q.NextAt).Take(AtOnce).ToListAsync(cancellationToken))
        {
            row.NextAt = now + LongestLook;
            db.Publish(new AdvanceQuery(row.QueryId));
        }

        foreach (var row in await db.Duties.Where(d => d.NextAt <= now).OrderBy(d => d.NextAt).Take(AtOnce).ToListAsync(cancellationToken))
        {
            row.NextAt = now + options.Value.Interval;
            db.Publish(new AdvanceDuty(row.Query.ToString()));
        }
    }
}

/// <summary>Goes on where an approval came, and asks the next member where a bond was refused.</summary>
public sealed class QueryOutcomeHandler(CollaborationDb db) : IHandler<TransactionOutcome>
{
    /// <inheritdoc/>
    public async Task HandleAsync(TransactionOutcome message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (Allowance.IsKey(message.Key))
        {
            foreach (var id in await db.Queries.AsNoTracking().Where(q => q.State == QueryState.Bonding).Select(q => q.QueryId).ToListAsync(cancellationToken))
            {
                db.Publish(new AdvanceQuery(id));
            }
        }
        else if (message.State == TransactionState.Reverted && message.Key.Split('/') is ["query", var text, "bond", var attempt] && Guid.TryParse(text, out var id)
            && await db.Queries.FindAsync([id], cancellationToken) is { State: QueryState.Agreeing or QueryState.Bonding } row && row.Tried.ToString(CultureInfo.InvariantCulture) == attempt)
        {
            AdvanceQueryHandler.Next(row, $"The contract Collaboration refused the bond: {message.Error}.");
            db.Publish(new AdvanceQuery(id));
        }
    }
}
