using Ethereum;
using Microsoft.EntityFrameworkCore;
using Workers.Collaboration.Zones;
using Workers.Hosting.Members;

namespace Workers.Collaboration.Searches;

/// <summary>Takes an order for a search: a zone, and what the service is asked when there is one.</summary>
public sealed class SearchOrders(CollaborationDb db, ZoneOrders zones, TimeProvider clock)
{
    // A query is checked before there are places for it.
    private static readonly AskedPlace Nowhere = new(0, 0);

    /// <summary>Places an order.</summary>
    /// <param name="id">The caller's id for it: ordering the same id twice is one search.</param>
    /// <param name="size">K, 2 to 100; of a zone with this id that is there already its own K counts.</param>
    /// <param name="service">The location service.</param>
    /// <param name="what">What to look for; its places are not read.</param>
    /// <exception cref="ZoneOrderException">Something about it cannot be.</exception>
    public async Task<SearchRow> RunAsync(Guid id, int size, Address service, ZoneQuery what, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(what);
        if (await FindAsync(id, cancellationToken) is { } ordered)
        {
            return ordered;
        }

        if ((what with { Places = [Nowhere] }).Problem() is { } problem)
        {
            throw new ZoneOrderException(problem);
        }

        if (!await db.Services.AnyAsync(s => s.Account == service && s.IsOffered, cancellationToken))
        {
            throw new ZoneOrderException($"{service} offers no location service on chain (GET /api/services shows who does).");
        }

        var row = new SearchRow { SearchId = id, Service = service, OrderedAt = clock.GetUtcNow(), Category = what.Category, Nearest = what.Nearest, Radius = what.Radius };
        db.Searches.Add(row);

        // The zone's end says it, too; for a zone that has ended before, nobody else would.
        db.Publish(new AskService(id));
        try
        {
            // Saves all of it, or finds a zone of this id.
            await zones.RunAsync(id, size, cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException)
        {
            db.ChangeTracker.Clear();
        }

        // Another call with this id may have come in between; its search is the one.
        return await FindAsync(id, cancellationToken) ?? throw new ZoneOrderException("The search could not be saved. Try again.");
    }

    private Task<SearchRow?> FindAsync(Guid id, CancellationToken cancellationToken) => db.Searches.AsNoTracking().SingleOrDefaultAsync(s => s.SearchId == id, cancellationToken);
}
