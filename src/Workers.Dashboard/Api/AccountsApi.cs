using Microsoft.EntityFrameworkCore;
using Workers.Dashboard.Datasets;

namespace Workers.Dashboard.Api;

/// <summary>Accounts and what happened.</summary>
internal static class AccountsApi
{
    private const int MaxOfOneAccount = 200;

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/participants", ParticipantsAsync).WithTags("Accounts").WithSummary("Accounts that published or traded, by volume");
        api.MapGet("/accounts/{address}/datasets", AccountAsync).WithTags("Accounts").WithSummary("What an account owns, published, offers, has waiting for it, and asked for: the newest 200 of each");
        api.MapGet("/history", (int? page, DashboardDb db, CancellationToken ct) => HistoryQuery.PageAsync(db, MarketApi.Bounded(page), MarketApi.PageSize, ct))
            .WithTags("History").WithSummary("What happened in the market, newest first");
        api.MapGet("/transactions/{hash}", (string hash, DashboardDb db, CancellationToken ct) => HistoryQuery.OfTransactionAsync(db, hash.ToLowerInvariant(), ct))
            .WithTags("History").WithSummary("What a transaction did in the market; empty while it is not known here");
    }

    private static async Task<PageView<ParticipantView>> ParticipantsAsync(int? page, DashboardDb db, CancellationToken cancellationToken)
    {
        var number = MarketApi.Bounded(page);
        var active = db.Participants.AsNoTracking().Where(p => p.Published + p.Bought + p.Sold > 0);
        var rows = await active.OrderByDescending(p => p.Volume).ThenByDescending(p => p.Published).ThenBy(p => p.Account)
            .Skip((number - 1) * MarketApi.PageSize).Take(MarketApi.PageSize).ToListAsync(cancellationToken);
        string[] accounts = [.. rows.Select(p => p.Account)];
        var owned = await db.Datasets.Where(d => accounts.Contains(d.Owner) && d.Status != DatasetStatus.None).GroupBy(d => d.Owner)
            .Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, StringComparer.Ordinal, cancellationToken);
        var items = rows.Select(p => new ParticipantView(p.Account, p.Published, owned.GetValueOrDefault(p.Account), p.Bought, p.Sold, ListingView.Digits(p.Volume)!)).ToArray();
        return new PageView<ParticipantView>(items, number, MarketApi.PageSize, await active.CountAsync(cancellationToken));
    }

    private static async Task<IResult> AccountAsync(string address, DashboardDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!Ethereum.Address.TryParse(address, null, out var parsed))
        {
            return Results.Problem("That is no account: 0x and 40 hexadecimal digits.", statusCode: StatusCodes.Status400BadRequest);
        }

        var account = parsed.ToString();
        var all = db.Datasets.AsNoTracking().Where(d => d.Status != DatasetStatus.None).OrderByDescending(d => d.PublishedBlock).ThenBy(d => d.TokenId);
        var mine = await all.Where(d => d.Owner == account).Take(MaxOfOneAccount).ToListAsync(cancellationToken);
        var published = await all.Where(d => d.Publisher == account).Take(MaxOfOneAccount).ToListAsync(cancellationToken);
        var requests = await db.Requests.AsNoTracking().Where(r => r.Requester == account && r.TokenId != "").OrderByDescending(r => r.RequestId).Take(MaxOfOneAccount).ToListAsync(cancellationToken);
        string[] asked = [.. requests.Select(r => r.TokenId).Distinct(StringComparer.Ordinal)];
        var names = await db.Datasets.Where(d => asked.Contains(d.TokenId)).ToDictionaryAsync(d => d.TokenId, d => d.Name, StringComparer.Ordinal, cancellationToken);
        var listings = await DatasetsApi.ListingsAsync(db, mine.Concat(published), clock.GetUtcNow(), cancellationToken);
        return Results.Ok(new
        {
            Account = account,
            Owned = Views(mine.Where(d => d.Status == DatasetStatus.Held)),
            Listed = Views(mine.Where(d => d.Status is DatasetStatus.Sale or DatasetStatus.Auction)),
            Kept = Views(mine.Where(d => d.Status == DatasetStatus.Kept)),
            Published = Views(published),
            Requests = requests.Select(r => RequestView.Of(r, names.GetValueOrDefault(r.TokenId))),
        });

        DatasetView[] Views(IEnumerable<DatasetRow> rows) => [.. rows.Select(d => DatasetView.Of(d, d.ListingId is { } id ? listings.GetValueOrDefault(id) : null))];
    }
}
