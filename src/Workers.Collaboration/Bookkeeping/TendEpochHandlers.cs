using Ethereum;
using Ethereum.Contracts;
using Ethereum.Rpc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Hosting.Messaging;
using Workers.Hosting.Transactions;

namespace Workers.Collaboration.Bookkeeping;

/// <summary>Wakes the epochs that somebody opened, and those that ended and have bills of this member.</summary>
public sealed class SweepEpochsHandler(CollaborationDb db, EpochChain chain) : IHandler<SweepEpochs>
{
    private const int AtOnce = 1_000;

    /// <inheritdoc/>
    public async Task HandleAsync(SweepEpochs message, CancellationToken cancellationToken)
    {
        var rules = await chain.RulesAsync(cancellationToken);
        var clock = await chain.ClockAsync(rules, cancellationToken);
        var now = await chain.NowAsync(cancellationToken);
        if (clock.EpochAt((ulong)now) is not { } current)
        {
            return;
        }

        // Bills of an epoch that is still to come, or so old that nothing comes of them, wake nothing.
        var (oldest, next, start, length) = (Math.Max(0, (long)clock.Start), clock.FirstOf(current), (long)clock.Start, (long)clock.Length);
        oldest = Math.Max(oldest, now - rules.Keeping);
        var billed = await db.Bills.AsNoTracking().Where(b => b.Time >= oldest && b.Time < next).Select(b => (b.Time - start) / length).Distinct()
            .Where(number => !db.Epochs.Any(e => e.Number == number)).OrderBy(number => number).Take(AtOnce).ToListAsync(cancellationToken);
        var open = await db.Epochs.AsNoTracking().Where(e => !e.IsDone).OrderBy(e => e.Number).Select(e => e.Number).Take(AtOnce).ToListAsync(cancellationToken);
        foreach (var number in billed.Concat(open))
        {
            db.Publish(new TendEpoch(number));
        }
    }
}

/// <summary>Does what is to be done for an epoch now. It starts from what the chain says each time, so neither a kill nor a reorganisation needs a rule of its own.</summary>
public sealed class TendEpochHandler(CollaborationDb db, EpochChain chain, Candidacy candidacy, Ledger ledger, MainAccount account, IOptions<BookkeepingOptions> options, TimeProvider time) : IHandler<TendEpoch>
{
    private Address Self => account.Address;

    /// <inheritdoc/>
    public async Task HandleAsync(TendEpoch message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        var row = await db.Epochs.FindAsync([message.Number], cancellationToken) ?? db.Epochs.Add(new EpochRow { Number = message.Number }).Entity;
        if (row.IsDone)
        {
            return;
        }

        var rules = await chain.RulesAsync(cancellationToken);
        var now = await chain.NowAsync(cancellationToken);
        var tended = new Tended(row, await chain.EpochAsync(row.Number, cancellationToken), rules, await chain.ClockAsync(rules, cancellationToken), now);
        Note(tended);
        switch (tended.Epoch.State)
        {
            case EpochState.Running:
                await OpenAsync(tended, cancellationToken);
                break;
            case EpochState.Collecting:
                await CollectAsync(tended, cancellationToken);
                break;
            case EpochState.Posting:
                await PostAsync(tended, cancellationToken);
                break;
            case EpochState.Disputing:
                await SettleAsync(tended, cancellationToken);
                break;
            default:
                await EndAsync(tended, cancellationToken);
                break;
        }

        if (now > tended.Clock.FirstOf(row.Number + 1) + rules.Keeping)
        {
            row.IsDone = true;
        }
    }

    /// <summary>The state by the epoch's own deadline: some nodes run calls in the block to come.</summary>
    private static void Note(Tended t)
    {
        var (row, epoch) = (t.Row, t.Epoch);
        var post = BookkeepingPolicy.PostName(epoch.Bookkeeper, epoch.Batch);
        if (row.Post != post)
        {
            (row.Post, row.SeenAt, row.IsChecked) = (post, t.Now, false);
        }

        (row.State, row.Deadline, row.Bookkeeper) = (epoch.State, epoch.Deadline, epoch.Bookkeeper);
    }

    /// <summary>Somebody has to open an epoch, and it is in the interest of those who have bills in it.</summary>
    private async Task OpenAsync(Tended t, CancellationToken cancellationToken)
    {
        if (t.Now > t.Epoch.Deadline && BookkeepingPolicy.IsTurn(Self, t.Row.Number, t.Epoch.Deadline, t.Now, options.Value.Spread)
            && await OwnBills(t).AnyAsync(cancellationToken) && await db.Attestations.AnyAsync(a => a.Number > 0, cancellationToken))
        {
            await db.SubmitAgainAsync($"books/{t.Row.Number}/open", Self, chain.Contract, new Conduct.OpenCall((ulong)t.Row.Number).Encode(), cancellationToken);
        }
    }

    private async Task CollectAsync(Tended t, CancellationToken cancellationToken)
    {
        var ranking = await candidacy.MayPostAsync(await candidacy.RankingAsync(t.Epoch, cancellationToken), t.Rules, t.Now, cancellationToken);
        if (ranking.Contains(Self) && !t.Row.IsClosed)
        {
            var own = await OwnBills(t).Where(b => !db.Ledger.Any(l => l.Bill == b.Bill)).ToListAsync(cancellationToken);
            if (own.Count > 0)
            {
                await ledger.TakeAsync(t.Row, t.Clock, Self, [.. own.Select(b => b.Read())], int.MaxValue, cancellationToken);
            }
        }

        foreach (var candidate in ranking.Take(options.Value.Candidates).Where(c => c != Self))
        {
            await HandInAsync(t, candidate, cancellationToken);
        }

        if (BookkeepingPolicy.Lodges(t.Now, t.Epoch.Deadline, t.Rules.Collecting, options.Value.LodgeAfter) && (ranking.Count == 0 || ranking[0] != Self))
        {
            await LodgeAsync(t, ranking.Count == 0 ? default : ranking[0], cancellationToken);
        }
    }

    private async Task HandInAsync(Tended t, Address candidate, CancellationToken cancellationToken)
    {
        if (!await OwnBills(t).AnyAsync(b => !db.Receipts.Any(r => r.Bill == b.Bill && r.Bookkeeper == candidate), cancellationToken))
        {
            return;
        }

        var (row, now) = (await db.HandIns.FindAsync([t.Row.Number, candidate], cancellationToken), time.GetUtcNow());
        if (row is not null && now - row.AskedAt < options.Value.HandInInterval)
        {
            return;
        }

        row ??= db.HandIns.Add(new HandInRow { Epoch = t.Row.Number, Candidate = candidate }).Entity;
        row.AskedAt = now;
        db.Publish(new HandIn(t.Row.Number, candidate.ToString()));
    }

    /// <summary>The collaborator sees to it that its bills count, since they are its standing: what the likely elected one gave no receipt for goes on chain.</summary>
    private async Task LodgeAsync(Tended t, Address elected, CancellationToken cancellationToken)
    {
        var missing = await OwnBills(t).Where(b => !db.Receipts.Any(r => r.Bill == b.Bill && r.Bookkeeper == elected)).OrderBy(b => b.Time).ToListAsync(cancellationToken);
        foreach (var bill in missing.Where(b => b.Read().Bill.Collaborator == Self).Take(options.Value.Lodgings))
        {
            var signed = bill.Read();
            await db.SubmitAsync(LodgeKey(t.Row.Number, bill.Bill), Self, chain.Contract, new Conduct.LodgeCall(signed.Bill, signed.Signature).Encode(), cancellationToken);
        }
    }

    private async Task PostAsync(Tended t, CancellationToken cancellationToken)
    {
        // First no receipt is given any more; the batch is made of what was committed before that.
        var wasClosed = t.Row.IsClosed;
        t.Row.IsClosed = true;
        var ranking = await candidacy.MayPostAsync(await candidacy.RankingAsync(t.Epoch, cancellationToken), t.Rules, t.Now, cancellationToken);
        if (BookkeepingPolicy.Posts(ranking, Self, t.Epoch.Bookkeeper, t.Now, t.Epoch.Deadline, t.Rules.Posting))
        {
            if (wasClosed)
            {
                db.Publish(new PostBatch(t.Row.Number));
            }
            else
            {
                db.Publish(new TendEpoch(t.Row.Number));
            }
        }

        await DisputeAsync(t, cancellationToken);
    }

    private async Task SettleAsync(Tended t, CancellationToken cancellationToken)
    {
        if (t.Now > t.Epoch.Deadline && t.Epoch.Demands == 0)
        {
            if (t.Epoch.Bookkeeper == Self
                || (BookkeepingPolicy.IsTurn(Self, t.Row.Number, t.Epoch.Deadline + (long)options.Value.Spread.TotalSeconds, t.Now, options.Value.Spread) && await OwnBills(t).AnyAsync(cancellationToken)))
            {
                await db.SubmitAgainAsync($"books/{t.Row.Number}/settle", Self, chain.Contract, new Conduct.SettleCall((ulong)t.Row.Number).Encode(), cancellationToken);
            }
        }
        else
        {
            await DisputeAsync(t, cancellationToken);
        }
    }

    private async Task DisputeAsync(Tended t, CancellationToken cancellationToken)
    {
        if (t.Epoch.Bookkeeper == Self)
        {
            if (t.Epoch.Demands > 0)
            {
                db.Publish(new ShowBills(t.Row.Number));
            }
        }
        else if (!t.Epoch.Bookkeeper.IsZero && (!t.Row.IsChecked || t.Epoch.Demands > 0) && await OwnBills(t).AnyAsync(cancellationToken))
        {
            db.Publish(new CheckBatch(t.Row.Number));
        }
    }

    private async Task EndAsync(Tended t, CancellationToken cancellationToken)
    {
        if (await chain.FinalBlockAsync(cancellationToken) is { } final && (await chain.EpochAsync(t.Row.Number, (BlockTag)final.Number, cancellationToken)).State == EpochState.Settled)
        {
            t.Row.IsDone = true;
        }
    }

    private IQueryable<BillRow> OwnBills(Tended t)
    {
        var (first, next) = (t.Clock.FirstOf(t.Row.Number), t.Clock.FirstOf(t.Row.Number + 1));
        return db.Bills.AsNoTracking().Where(b => b.Time >= first && b.Time < next);
    }

    /// <summary>The transaction that lodges a bill.</summary>
    internal static string LodgeKey(long epoch, Hash32 bill) => $"books/{epoch}/lodge/{bill}";

    private sealed record Tended(EpochRow Row, EpochView Epoch, Conduct.Rules Rules, EpochClock Clock, long Now);
}

/// <summary>Looks after every epoch that somebody opened, and keeps what the bookkeeper was paid.</summary>
public sealed class EpochEventHandler(CollaborationDb db) : IHandler<Observed<Conduct.EpochOpenedEvent>>, IHandler<Observed<Conduct.EpochSettledEvent>>
{
    /// <inheritdoc/>
    public async Task HandleAsync(Observed<Conduct.EpochOpenedEvent> message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        var number = checked((long)message.Event.Epoch);
        if (await db.Epochs.FindAsync([number], cancellationToken) is null)
        {
            db.Epochs.Add(new EpochRow { Number = number });
        }

        db.Publish(new TendEpoch(number));
    }

    /// <inheritdoc/>
    public async Task HandleAsync(Observed<Conduct.EpochSettledEvent> message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (await db.Epochs.FindAsync([checked((long)message.Event.Epoch)], cancellationToken) is { } row)
        {
            row.Pay = message.Event.Pay.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
    }
}
