using Microsoft.EntityFrameworkCore;

namespace Workers.Collaboration.Bookkeeping;

/// <summary>The epochs' bills for this member's own people.</summary>
internal static class EpochsApi
{
    private const int Most = 100;

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/epochs", ListAsync).WithTags("Bookkeeping").WithSummary("The last epochs: this member's bills and receipts, who keeps the books, its own batch, and what was paid");

    private static async Task<IResult> ListAsync(CollaborationDb db, EpochChain chain, CancellationToken cancellationToken)
    {
        var clock = await chain.ClockAsync(await chain.RulesAsync(cancellationToken), cancellationToken);
        List<object> views = [];
        foreach (var row in await db.Epochs.AsNoTracking().OrderByDescending(e => e.Number).Take(Most).ToListAsync(cancellationToken))
        {
            var (first, next) = (clock.FirstOf(row.Number), clock.FirstOf(row.Number + 1));
            var asked = await db.HandIns.AsNoTracking().Where(h => h.Epoch == row.Number).ToListAsync(cancellationToken);
            var receipts = await db.Receipts.AsNoTracking().Where(r => r.Epoch == row.Number).GroupBy(r => r.Bookkeeper).Select(g => new { g.Key, Count = g.Count() }).ToListAsync(cancellationToken);
            var prefix = $"books/{row.Number}/lodge/";
            views.Add(new
            {
                row.Number,
                State = row.State.ToString(),
                row.Deadline,
                Bookkeeper = row.Bookkeeper.IsZero ? null : row.Bookkeeper.ToString(),
                row.Pay,
                row.Note,
                OwnBills = await db.Bills.CountAsync(b => b.Time >= first && b.Time < next, cancellationToken),
                Lodged = await db.Transactions.CountAsync(t => t.Key.StartsWith(prefix), cancellationToken),
                HandedIn = asked.Select(h => new { Candidate = h.Candidate.ToString(), Receipts = receipts.FirstOrDefault(r => r.Key == h.Candidate)?.Count ?? 0, h.AskedAt, h.Problem }),
                Ledger = row.Taken,
                Root = row.Root == default ? null : row.Root.ToString(),
            });
        }

        return Results.Ok(views);
    }
}
