using System.ComponentModel;
using Microsoft.EntityFrameworkCore;
using Workers.Dashboard.Datasets;
using Workers.Dashboard.Listings;

namespace Workers.Dashboard.Api;

/// <summary>Datasets and offers.</summary>
internal static class DatasetsApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var datasets = api.MapGroup("/datasets").WithTags("Datasets");
        datasets.MapGet("/", PageAsync).WithSummary("Datasets that match, 24 to a page");
        datasets.MapGet("/{tokenId}", DatasetAsync).WithSummary("One dataset with its offer and its history");
        api.MapGet("/listings/{listingId:long}", ListingAsync).WithTags("Datasets").WithSummary("One offer, open or ended");
    }

    private static async Task<IResult> PageAsync(
        [Description("Words; each has to begin a word of the dataset's name, tags, file, columns or description, or its token's id or its publisher's address")] string? search,
        [Description("blocks, lines or csv")] string? format,
        [Description("Held, Sale, Auction or Kept")] string? status,
        [Description("Newest, Cheapest, Dearest, Ending or Name")] string? sort,
        int? page, DashboardDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!TryName<DatasetStatus>(status, out var wanted) || !TryName<DatasetOrder>(sort, out var order))
        {
            return Results.Problem("status is Held, Sale, Auction or Kept; sort is Newest, Cheapest, Dearest, Ending or Name.", statusCode: StatusCodes.Status400BadRequest);
        }

        var number = MarketApi.Bounded(page);
        var query = new DatasetQuery(search, string.IsNullOrEmpty(format) ? null : format, wanted, order ?? DatasetOrder.Newest);
        var (found, total) = await query.PageAsync(db, number, MarketApi.PageSize, cancellationToken);
        var rates = await RatesAsync(db, found.Select(f => f.Listing).OfType<ListingRow>(), cancellationToken);
        var items = found.Select(f => DatasetView.Of(f.Dataset, ViewOf(f.Listing, rates, clock.GetUtcNow()))).ToArray();
        return Results.Ok(new PageView<DatasetView>(items, number, MarketApi.PageSize, total));
    }

    private static async Task<IResult> DatasetAsync(string tokenId, DashboardDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        var id = tokenId.ToLowerInvariant();
        var dataset = await db.Datasets.AsNoTracking().SingleOrDefaultAsync(d => d.TokenId == id && d.Status != DatasetStatus.None, cancellationToken);
        if (dataset is null)
        {
            return Results.Problem("No dataset of this token is known here yet.", statusCode: StatusCodes.Status404NotFound);
        }

        var listing = await db.Listings.AsNoTracking().SingleOrDefaultAsync(l => l.ListingId == dataset.ListingId, cancellationToken);
        var rates = await RatesAsync(db, listing is null ? [] : [listing], cancellationToken);
        return Results.Ok(new
        {
            Dataset = DatasetView.Of(dataset, ViewOf(listing, rates, clock.GetUtcNow())),
            History = await HistoryQuery.OfTokenAsync(db, id, cancellationToken),
            Requests = (await db.Requests.AsNoTracking().Where(r => r.TokenId == id).OrderByDescending(r => r.RequestId).Take(100).ToListAsync(cancellationToken)).Select(r => RequestView.Of(r, dataset.Name)),
        });
    }

    private static async Task<IResult> ListingAsync(long listingId, DashboardDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        var listing = await db.Listings.AsNoTracking().SingleOrDefaultAsync(l => l.ListingId == listingId && l.Status != ListingStatus.None, cancellationToken);
        return listing is null
            ? Results.Problem($"No offer {listingId} is known here yet.", statusCode: StatusCodes.Status404NotFound)
            : Results.Ok(ViewOf(listing, await RatesAsync(db, [listing], cancellationToken), clock.GetUtcNow()));
    }

    /// <summary>The offers of datasets, by their numbers.</summary>
    public static async Task<IReadOnlyDictionary<long, ListingView>> ListingsAsync(DashboardDb db, IEnumerable<DatasetRow> datasets, DateTimeOffset now, CancellationToken cancellationToken)
    {
        long[] ids = [.. datasets.Select(d => d.ListingId).OfType<long>().Distinct()];
        var listings = await db.Listings.AsNoTracking().Where(l => ids.Contains(l.ListingId)).ToListAsync(cancellationToken);
        var rates = await RatesAsync(db, listings, cancellationToken);
        return listings.ToDictionary(l => l.ListingId, l => ViewOf(l, rates, now)!);
    }

    private static async Task<List<RateRow>> RatesAsync(DashboardDb db, IEnumerable<ListingRow> listings, CancellationToken cancellationToken)
    {
        string[] publishers = [.. listings.Where(l => l.Unit is not null).Select(l => l.RateOf).OfType<string>().Distinct(StringComparer.Ordinal)];
        string[] units = [.. listings.Select(l => l.Unit).OfType<string>().Distinct(StringComparer.Ordinal)];
        return units.Length == 0 ? [] : await db.Rates.AsNoTracking().Where(r => publishers.Contains(r.Publisher) && units.Contains(r.Unit)).ToListAsync(cancellationToken);
    }

    private static ListingView? ViewOf(ListingRow? listing, List<RateRow> rates, DateTimeOffset now) =>
        listing is null ? null : ListingView.Of(listing, rates.Find(r => r.Publisher == listing.RateOf && r.Unit == listing.Unit), now);

    private static bool TryName<TEnum>(string? text, out TEnum? value)
        where TEnum : struct, Enum
    {
        value = null;
        if (string.IsNullOrEmpty(text))
        {
            return true;
        }

        var known = Enum.GetNames<TEnum>().FirstOrDefault(n => n != nameof(DatasetStatus.None) && n.Equals(text, StringComparison.OrdinalIgnoreCase));
        value = known is null ? null : Enum.Parse<TEnum>(known);
        return known is not null;
    }
}
