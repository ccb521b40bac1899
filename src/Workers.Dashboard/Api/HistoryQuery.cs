using Microsoft.EntityFrameworkCore;
using Workers.Dashboard.Facts;

namespace Workers.Dashboard.Api;

/// <summary>Facts as people read them, newest first.</summary>
internal static class HistoryQuery
{
    private const int MaxOfOneToken = 500;

    public static async Task<PageView<HistoryView>> PageAsync(DashboardDb db, int page, int pageSize, CancellationToken cancellationToken)
    {
        var shown = Shown(db);
        var rows = await NewestFirst(shown).Skip((page - 1) * pageSize).Take(pageSize).ToListAsync(cancellationToken);
        return new PageView<HistoryView>(await ViewsAsync(db, rows, cancellationToken), page, pageSize, await shown.CountAsync(cancellationToken));
    }

    /// <summary>All about one token, the bids on its offers included.</summary>
    public static async Task<IReadOnlyList<HistoryView>> OfTokenAsync(DashboardDb db, string tokenId, CancellationToken cancellationToken)
    {
        var listings = db.Listings.Where(l => l.TokenId == tokenId).Select(l => (long?)l.ListingId);
        var rows = await NewestFirst(Shown(db).Where(f => f.TokenId == tokenId || (f.TokenId == null && listings.Contains(f.ListingId)))).Take(MaxOfOneToken).ToListAsync(cancellationToken);
        return await ViewsAsync(db, rows, cancellationToken);
    }

    /// <summary>What a transaction did in the market; nothing while it is not known here, hidden movements included so that a page can tell.</summary>
    public static async Task<IReadOnlyList<HistoryView>> OfTransactionAsync(DashboardDb db, string hash, CancellationToken cancellationToken) =>
        await ViewsAsync(db, await NewestFirst(db.Facts.AsNoTracking().Where(f => f.TransactionHash == hash)).Take(MaxOfOneToken).ToListAsync(cancellationToken), cancellationToken);

    private static IQueryable<FactRow> Shown(DashboardDb db) => db.Facts.AsNoTracking().Where(f => f.Kind != FactKind.Moved);

    private static IQueryable<FactRow> NewestFirst(IQueryable<FactRow> facts) =>
        facts.OrderByDescending(f => f.BlockNumber).ThenByDescending(f => f.LogIndex).ThenBy(f => f.Part);

    private static async Task<IReadOnlyList<HistoryView>> ViewsAsync(DashboardDb db, List<FactRow> rows, CancellationToken cancellationToken)
    {
        long[] listingIds = [.. rows.Select(f => f.ListingId).OfType<long>().Distinct()];
        var listings = await db.Listings.AsNoTracking().Where(l => listingIds.Contains(l.ListingId)).ToDictionaryAsync(l => l.ListingId, cancellationToken);
        string[] tokens = [.. rows.Select(TokenOf).OfType<string>().Distinct(StringComparer.Ordinal)];
        var names = await db.Datasets.AsNoTracking().Where(d => tokens.Contains(d.TokenId)).ToDictionaryAsync(d => d.TokenId, d => d.Name, StringComparer.Ordinal, cancellationToken);
        return [.. rows.Select(f => HistoryView.Of(f, TokenOf(f), TokenOf(f) is { } token ? names.GetValueOrDefault(token) : null, UnitOf(f)))];

        string? TokenOf(FactRow f) => f.TokenId ?? (f.ListingId is { } id && listings.TryGetValue(id, out var listing) ? listing.TokenId : null);

        string? UnitOf(FactRow f) => f.Kind switch
        {
            FactKind.RateSet => f.Unit,
            FactKind.Listed => f.ListingId is { } id && listings.TryGetValue(id, out var listing) ? listing.Unit : null,
            _ => null,
        };
    }
}
