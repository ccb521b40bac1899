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

    /// <summary>Rows of words up to which a word is looked up first and leads to its datasets; a commoner one is asked of each dataset that the others leave.</summary>
    private const int Rare = 2_000;

    /// <summary>A page of those that match.</summary>
    public async Task<(IReadOnlyList<Found> Found, int Total)> PageAsync(DashboardDb db, int page, int pageSize, CancellationToken cancellationToken)
    {
        var matching = await MatchingAsync(db, cancellationToken);
        var total = await matching.CountAsync(cancellationToken);
        var datasets = await Ordered(db, matching).Skip((page - 1) * pageSize).Take(pageSize).ToListAsync(cancellationToken);
        long[] ids = [.. datasets.Select(d => d.ListingId).OfType<long>()];
        var listings = await db.Listings.AsNoTracking().Where(l => ids.Contains(l.ListingId)).ToDictionaryAsync(l => l.ListingId, cancellationToken);
        return ([.. datasets.Select(d => new Found(d, d.ListingId is { } id ? listings.GetValueOrDefault(id) : null))], total);
    }

    private async Task<IQueryable<DatasetRow>> MatchingAsync(DashboardDb db, CancellationToken cancellationToken)
    {
        var datasets = Status is { } status ? db.Datasets.AsNoTracking().Where(d => d.Status == status) : db.Datasets.AsNoTracking().Where(d => d.Status != DatasetStatus.None);
        if (Format is { } format)
        {
            datasets = datasets.Where(d => d.Format == format);
        }

        foreach (var word in SearchWords.OfSearch(Search))
        {
            var end = SearchWords.EndOf(word);
            var found = db.Words.Where(w => string.Compare(w.Word, word) >= 0 && string.Compare(w.Word, end) < 0);
            datasets = await found.Take(Rare + 1).CountAsync(cancellationToken) <= Rare
                ? datasets.Where(d => found.Select(w => w.TokenId).Contains(d.TokenId))
                : datasets.Where(d => found.Any(w => w.TokenId == d.TokenId));
        }

        return datasets;
    }

    private IQueryable<DatasetRow> Ordered(DashboardDb db, IQueryable<DatasetRow> matching)
    {
        switch (Order)
        {
            case DatasetOrder.Newest:
                return matching.OrderByDescending(d => d.PublishedBlock).ThenBy(d => d.TokenId);
            case DatasetOrder.Name:
                return matching.OrderBy(d => d.Name == null).ThenBy(d => d.Name).ThenBy(d => d.TokenId);
        }

        var joined = matching.LeftJoin(db.Listings.AsNoTracking(), d => d.ListingId, l => (long?)l.ListingId, (d, l) => new { Dataset = d, Listing = l });
        return (Order switch
        {
            DatasetOrder.Cheapest => joined.OrderBy(f => f.Listing!.SortPrice == null).ThenBy(f => f.Listing!.SortPrice),
            DatasetOrder.Dearest => joined.OrderBy(f => f.Listing!.SortPrice == null).ThenByDescending(f => f.Listing!.SortPrice),
            _ => joined.OrderBy(f => f.Listing!.EndsAt == null).ThenBy(f => f.Listing!.EndsAt),
        }).ThenBy(f => f.Dataset.TokenId).Select(f => f.Dataset);
    }
}
