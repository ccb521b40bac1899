using ContentStore;
using Contracts.Messages;
using Ethereum.Contracts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Hosting.Chain;
using Workers.Hosting.Data;
using Workers.Hosting.Members;
using Workers.Hosting.Messaging;

namespace Workers.Penalties.Ratings;

/// <summary>Keeps which epochs are settled.</summary>
public sealed class EpochSettledHandler(PenaltiesDb db) : FactHandler<Conduct.EpochSettledEvent, long, EpochFactRow>(db)
{
    /// <inheritdoc/>
    protected override (long Key, EpochFactRow Row) Read(Conduct.EpochSettledEvent contractEvent, LogPosition position)
    {
        ArgumentNullException.ThrowIfNull(contractEvent);
        ArgumentNullException.ThrowIfNull(position);
        var epoch = checked((long)contractEvent.Epoch);
        return (epoch, new EpochFactRow { Epoch = epoch, BlockNumber = checked((long)position.BlockNumber), BlockHash = position.BlockHash, LogIndex = position.LogIndex, Root = contractEvent.Root });
    }

    /// <inheritdoc/>
    protected override IQueryable<EpochFactRow> FactsOf(long key) => db.EpochFacts.Where(f => f.Epoch == key);

    /// <inheritdoc/>
    protected override async Task<IVersioned> AddUpAsync(long key, IReadOnlyList<EpochFactRow> facts, CancellationToken cancellationToken)
    {
        var row = await db.Epochs.FindAsync([key], cancellationToken) ?? db.Epochs.Add(new EpochRow { Epoch = key }).Entity;
        var last = facts.InChainOrder().LastOrDefault();
        (row.IsSettled, row.BlockNumber) = (last is not null, last?.BlockNumber ?? 0);
        if (last is not null && row.Counted != last.Root)
        {
            (row.Counted, row.Problem) = (null, null);
            db.Publish(new CountEpoch(key));
        }

        return row;
    }
}

/// <summary>Fetches the bills of a settled epoch, checks them against its root and counts who helped.</summary>
public sealed class CountEpochHandler(PenaltiesDb db, ConductChain chain, IContentStore content, IOptions<RatingOptions> options) : IHandler<CountEpoch>
{
    /// <inheritdoc/>
    public async Task HandleAsync(CountEpoch message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (options.Value.Agencies.Count == 0 || await db.Epochs.FindAsync([message.Epoch], cancellationToken) is not { IsSettled: true, Counted: null, Problem: null } row)
        {
            return;
        }

        var epoch = await chain.ReadAsync(chain.Contract, new Conduct.EpochOfCall((ulong)row.Epoch), cancellationToken);
        try
        {
            var document = await BillsDocument.FetchAsync(content, chain.Market, epoch.Batch, cancellationToken);
            db.Help.RemoveRange(await db.Help.Where(h => h.Epoch == row.Epoch).ToListAsync(cancellationToken));
            foreach (var helper in RatingRules.Helped(document.Bills))
            {
                db.Help.Add(new HelpRow { Epoch = row.Epoch, Member = helper.Key, Zones = helper.Value });
            }

            row.Counted = document.Root;
        }
        catch (FormatException e)
        {
            row.Problem = e.Message;
        }
        catch (ContentStoreException e)
        {
            throw new TooEarlyException($"{e.Message} The bills of epoch {row.Epoch} are asked for again", options.Value.AskAgain);
        }
    }
}
