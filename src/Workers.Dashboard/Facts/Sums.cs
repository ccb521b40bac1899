using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Dashboard.Datasets;
using Workers.Dashboard.Listings;
using Workers.Dashboard.Participants;
using Workers.Dashboard.Requests;
using Workers.Hosting.Chain;
using Workers.Hosting.Data;

namespace Workers.Dashboard.Facts;

/// <summary>The rows that facts add up to.</summary>
public sealed class Sums(DashboardDb db, IOptions<DashboardOptions> options, TimeProvider clock)
{
    /// <summary>Adds up again everything that the facts, which were just added or removed, are about.</summary>
    public async Task UpdateAsync(IReadOnlyCollection<FactRow> changed, bool added, CancellationToken cancellationToken)
    {
        foreach (var tokenId in changed.Select(f => f.TokenId).OfType<string>().Distinct(StringComparer.Ordinal))
        {
            await DatasetAsync(tokenId, cancellationToken);
        }

        foreach (var listingId in changed.Select(f => f.ListingId).OfType<long>().Distinct())
        {
            var row = await RowAsync([listingId], () => new ListingRow { ListingId = listingId }, cancellationToken);
            row.Take(ListingState.Of(await FactsAsync(f => f.ListingId == listingId, cancellationToken)));
        }

        foreach (var requestId in changed.Select(f => f.RequestId).OfType<long>().Distinct())
        {
            var row = await RowAsync([requestId], () => new RequestRow { RequestId = requestId }, cancellationToken);
            row.Take(await FactsAsync(f => f.RequestId == requestId, cancellationToken));
        }

        foreach (var (account, unit) in changed.Where(f => f.Unit is not null).Select(f => (f.Account, f.Unit!)).Distinct())
        {
            var row = await RowAsync([account, unit], () => new RateRow { Publisher = account, Unit = unit }, cancellationToken);
            var last = (await FactsAsync(f => f.Unit == unit && f.Account == account, cancellationToken)).InChainOrder().LastOrDefault();
            (row.Rate, row.SetAt) = (last?.Amount ?? 0, last?.BlockTime ?? row.SetAt);
        }

        foreach (var tally in changed.SelectMany(f => Tally.Of(f.Content())))
        {
            (await RowAsync([tally.Account], () => new ParticipantRow { Account = tally.Account }, cancellationToken)).Count(tally, added ? 1 : -1);
        }
    }

    private async Task DatasetAsync(string tokenId, CancellationToken cancellationToken)
    {
        var row = await RowAsync([tokenId], () => new DatasetRow { TokenId = tokenId }, cancellationToken);
        var state = DatasetState.Of(await FactsAsync(f => f.TokenId == tokenId, cancellationToken));
        if (state is { Published: { } published, Publication: { } publication })
        {
            if (row.Status == DatasetStatus.None && row.Metadata == MetadataState.Awaited)
            {
                db.Publish(new ReadMetadata(tokenId, clock.GetUtcNow() + options.Value.FetchPatience));
                await db.SetWordsAsync(tokenId, SearchWords.OfDataset(metadata: null, tokenId, published.Publisher), cancellationToken);
            }

            (row.Publisher, row.Cid, row.MetadataDigest) = (published.Publisher, CidText.Of(published.Cid), published.Metadata);
            (row.PublishedAt, row.PublishedBlock) = (publication.BlockTime, publication.BlockNumber);
        }

        (row.Status, row.Holder, row.Owner, row.ListingId) = (state.Status, state.Holder ?? "", state.Owner ?? "", state.ListingId);
    }

    // The facts in the database, as this unit of work leaves them.
    private async Task<List<FactRow>> FactsAsync(Expression<Func<FactRow, bool>> about, CancellationToken cancellationToken)
    {
        var kept = await db.Facts.Where(about).ToListAsync(cancellationToken);
        kept.RemoveAll(f => db.Entry(f).State == EntityState.Deleted);
        return [.. kept, .. db.Facts.Local.Where(f => db.Entry(f).State == EntityState.Added).Where(about.Compile())];
    }

    // Read before the facts, and marked as changed even if nothing in it does: whoever commits a fact meanwhile changes its version, and this unit of work is
    // begun again. Facts that were read first could miss that fact and still be saved.
    private async Task<TRow> RowAsync<TRow>(object[] key, Func<TRow> make, CancellationToken cancellationToken)
        where TRow : class, IVersioned
    {
        var row = await db.FindAsync<TRow>(key, cancellationToken) ?? db.Add(make()).Entity;
        if (db.Entry(row).State == EntityState.Unchanged)
        {
            db.Entry(row).State = EntityState.Modified;
        }

        return row;
    }
}
