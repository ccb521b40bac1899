using Microsoft.EntityFrameworkCore;
using Workers.Dashboard.Listings;

namespace Workers.Dashboard.Datasets;

/// <summary>How datasets can be ordered.</summary>
public enum DatasetOrder
{
    Newest,

    /// <summary>By highest bid or price in credits; prices in a unit of account come last.</summary>
    Cheapest,
    Dearest,

    /// <summary>Auctions that end soonest first.</summary>
    Ending,
    Name,
}

/// <summary>Which datasets are looked for.</summary>
/// <param name="Search">Words, each of which begins a word of the dataset.</param>
/// <param name="Format"><c>blocks</c>, <c>lines</c> or <c>csv</c>; null for any.</param>
/// <param name="Status">Null for any.</param>
internal sealed record DatasetQuery(string? Search, string? Format, DatasetStatus? Status, DatasetOrder Order)
{
    /// <summary>A dataset with the offer that stands.</summary>
    internal sealed record Found(DatasetRow Dataset, ListingRow? Listing);

    /// <summary>Those that match, without order.</summary>
    public IQueryable<DatasetRow> Matching(DashboardDb db)
    {
        var datasets = db.Datasets.AsNoTracking().Where(d => d.Status != DatasetStatus.None);
        foreach (var word in SearchWords.OfSearch(Search))
        {
            var end = SearchWords.EndOf(word);
            var found = db.Words.Where(w => string.Compare(w.Word, word) >= 0 && string.Compare(w.Word, end) < 0).Select(w => w.TokenId);
            datasets = datasets.Where(d => found.Contains(d.TokenId));
        }

        return datasets.Where(d => (Format == null || d.Format == Format) && (Status == null || d.Status == Status));
    }

    /// <summary>A page of those that match.</summary>
    public async Task<(IReadOnlyList<Found> Found, int Total)> PageAsync(DashboardDb db, int page, int pageSize, CancellationToken cancellationToken)
    {
        var matching = Matching(db);
        var total = await matching.CountAsync(cancellationToken);
        var found = await Ordered(db, matching).Skip((page - 1) * pageSize).Take(pageSize).ToListAsync(cancellationToken);
        return (found, total);
    }

    private IQueryable<Found> Ordered(DashboardDb db, IQueryable<DatasetRow> matching)
    {
        // The newest come from an index: only the page's own offers are looked up.
        if (Order is DatasetOrder.Newest or DatasetOrder.Name)
        {
            var ordered = Order == DatasetOrder.Newest
                ? matching.OrderByDescending(d => d.PublishedBlock).ThenBy(d => d.TokenId)
                : matching.OrderBy(d => d.Name == null).ThenBy(d => d.Name).ThenBy(d => d.TokenId);
            return ordered.Select(d => new Found(d, db.Listings.AsNoTracking().FirstOrDefault(l => l.ListingId == d.ListingId)));
        }

        var joined = matching.LeftJoin(db.Listings.AsNoTracking(), d => d.ListingId, l => (long?)l.ListingId, (d, l) => new { Dataset = d, Listing = l });
        joined = Order switch
        {
            DatasetOrder.Cheapest => joined.OrderBy(f => f.Listing!.SortPrice == null).ThenBy(f => f.Listing!.SortPrice).ThenBy(f => f.Dataset.TokenId),
            DatasetOrder.Dearest => joined.OrderBy(f => f.Listing!.SortPrice == null).ThenByDescending(f => f.Listing!.SortPrice).ThenBy(f => f.Dataset.TokenId),
            _ => joined.OrderBy(f => f.Listing!.EndsAt == null).ThenBy(f => f.Listing!.EndsAt).ThenBy(f => f.Dataset.TokenId),
        };
        return joined.Select(f => new Found(f.Dataset, f.Listing));
    }
}
