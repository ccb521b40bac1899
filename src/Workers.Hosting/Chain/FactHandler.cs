using Contracts.Messages;
using Microsoft.EntityFrameworkCore;
using Workers.Hosting.Data;
using Workers.Hosting.Messaging;

namespace Workers.Hosting.Chain;

/// <summary>A contract's event as a worker keeps it: by the block that it stands in. It is deleted when the block leaves the chain.</summary>
public interface IFactRow
{
    long BlockNumber { get; }

    string BlockHash { get; }

    long LogIndex { get; }
}

/// <summary>
/// Keeps the facts of whatever events are about and has them added up again whenever one comes or vanishes, so neither their order nor a
/// reorganisation needs a rule of its own.
/// </summary>
/// <typeparam name="TEvent">The contract's event.</typeparam>
/// <typeparam name="TKey">Names what the event is about.</typeparam>
/// <typeparam name="TRow">A fact about it.</typeparam>
public abstract class FactHandler<TEvent, TKey, TRow>(WorkerDbContext db) : IHandler<Observed<TEvent>>, IHandler<Retracted<TEvent>>
    where TEvent : notnull
    where TRow : class, IFactRow
{
    /// <inheritdoc/>
    public async Task HandleAsync(Observed<TEvent> message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        var (key, row) = Read(message.Event, message.Position);
        var facts = await FactsOf(key).ToListAsync(cancellationToken);
        if (facts.Exists(f => IsAt(f, message.Position)))
        {
            return;
        }

        db.Add(row);
        await UpdateAsync(key, [.. facts, row], facts, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task HandleAsync(Retracted<TEvent> message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        var (key, _) = Read(message.Event, message.Position);
        var facts = await FactsOf(key).ToListAsync(cancellationToken);
        var vanished = facts.Find(f => IsAt(f, message.Position))
            ?? throw new TooEarlyException($"the event {message.Position} was retracted before it was handled", TimeSpan.FromSeconds(1));
        db.Remove(vanished);
        await UpdateAsync(key, [.. facts.Where(f => f != vanished)], facts, cancellationToken);
    }

    /// <summary>What the event is about, and the fact.</summary>
    protected abstract (TKey Key, TRow Row) Read(TEvent contractEvent, LogPosition position);

    /// <summary>The facts that are kept about it.</summary>
    protected abstract IQueryable<TRow> FactsOf(TKey key);

    /// <summary>Adds the facts up into their one row, which is made when it is missing, and tells whoever acts on it.</summary>
    /// <returns>The row.</returns>
    protected abstract Task<IVersioned> AddUpAsync(TKey key, IReadOnlyList<TRow> facts, CancellationToken cancellationToken);

    // Two facts of one thing that are handled at once must not both be added up without the other, even if neither changes the sum.
    private async Task UpdateAsync(TKey key, List<TRow> facts, List<TRow> before, CancellationToken cancellationToken)
    {
        var sum = db.Entry(await AddUpAsync(key, facts, cancellationToken));
        if (sum.State == EntityState.Unchanged)
        {
            sum.State = EntityState.Modified;
        }

        // The sum's row was read after the facts: a fact that was committed between the two has changed the row's version already, and nothing else would show that it is missing here.
        var now = await FactsOf(key).AsNoTracking().ToListAsync(cancellationToken);
        if (now.Count != before.Count || !now.TrueForAll(fact => before.Exists(other => other.BlockHash == fact.BlockHash && other.LogIndex == fact.LogIndex)))
        {
            throw new DbUpdateConcurrencyException($"Another fact of {key} was saved meanwhile.");
        }
    }

    private static bool IsAt(TRow fact, LogPosition position) => fact.BlockHash == position.BlockHash && fact.LogIndex == position.LogIndex;
}

/// <summary>The order of facts.</summary>
public static class FactOrder
{
    /// <summary>As they stand on the chain; while a reorganisation is told, facts of two blocks at one height have a fixed order too.</summary>
    public static IEnumerable<TRow> InChainOrder<TRow>(this IEnumerable<TRow> facts)
        where TRow : IFactRow =>
        facts.OrderBy(f => f.BlockNumber).ThenBy(f => f.LogIndex).ThenBy(f => f.BlockHash, StringComparer.Ordinal);
}
