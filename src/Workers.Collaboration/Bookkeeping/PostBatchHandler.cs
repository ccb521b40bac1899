using ContentStore;
using Ethereum;
using Ethereum.Contracts;
using Ethereum.Rpc;
using Microsoft.EntityFrameworkCore;
using Workers.Collaboration.Standings;
using Workers.Hosting.Members;
using Workers.Hosting.Messaging;
using Workers.Hosting.Transactions;

namespace Workers.Collaboration.Bookkeeping;

/// <summary>
/// Makes this member's batch once the end of the collecting is final: what is in the ledger, and every bill that was lodged by then. Made once, it never changes.
/// </summary>
public sealed class PostBatchHandler(CollaborationDb db, EpochChain chain, AttestedStandings standings, IContentStore content, MainAccount account) : IHandler<PostBatch>
{
    /// <inheritdoc/>
    public async Task HandleAsync(PostBatch message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (await db.Epochs.FindAsync([message.Number], cancellationToken) is not { IsClosed: true } row
            || await chain.EpochAsync(row.Number, cancellationToken) is not { State: EpochState.Posting } epoch
            || await standings.FindAsync(epoch.Standings, cancellationToken) is not { } attested || attested.Document.Find(account.Address) is not { } standing)
        {
            return;
        }

        var batch = await BatchAsync(row, cancellationToken);
        if (batch is not null)
        {
            await db.SubmitAgainAsync(
                $"books/{row.Number}/post/{epoch.Deadline}",
                account.Address,
                chain.Contract,
                new Conduct.PostCall((ulong)row.Number, batch, standing, attested.Document.Proof(account.Address)).Encode(),
                cancellationToken);
        }
    }

    private async Task<Conduct.Batch?> BatchAsync(EpochRow row, CancellationToken cancellationToken)
    {
        if (row.Root == Hash32.Zero && !await AddLodgedAsync(row, cancellationToken))
        {
            return null;
        }

        // Those that were added just now are not saved yet.
        var saved = await db.Ledger.Where(l => l.Epoch == row.Number).ToListAsync(cancellationToken);
        var bills = saved.Union(db.Ledger.Local.Where(l => l.Epoch == row.Number)).Select(l => MemberJson.Read<SignedBill>(l.Body)).ToList();
        if (bills.Count is 0 or > BillsDocument.MaxBills)
        {
            row.Note = bills.Count == 0 ? "Nobody handed a bill in." : $"There are {bills.Count} bills, and a batch has at most {BillsDocument.MaxBills}: this member posts none.";
            return null;
        }

        var document = BillsDocument.Of(chain.Market, bills);
        if (row.Root != Hash32.Zero)
        {
            return new Conduct.Batch(row.Root, (uint)bills.Count, row.Content);
        }

        try
        {
            var batch = await document.PutAsync(content, cancellationToken);
            (row.Root, row.Content, row.Taken) = (batch.Root, batch.Content, bills.Count);
            return batch;
        }
        catch (ContentStoreException e)
        {
            throw new TooEarlyException($"The bills of epoch {row.Number} cannot be stored. {e.Message} It is tried again", TimeSpan.FromSeconds(5));
        }
    }

    /// <returns>False while it is not final which bills were lodged.</returns>
    private async Task<bool> AddLodgedAsync(EpochRow row, CancellationToken cancellationToken)
    {
        if (await chain.FinalBlockAsync(cancellationToken) is not { } final || (await chain.EpochAsync(row.Number, (BlockTag)final.Number, cancellationToken)).State <= EpochState.Collecting)
        {
            row.Note = "The end of the collecting is not final yet.";
            return false;
        }

        var clock = await chain.ClockAsync(await chain.RulesAsync(cancellationToken), cancellationToken);
        if (await chain.LodgedAsync(row.Number, clock, final, cancellationToken) is not { } lodged)
        {
            row.Note = "No node has the final block.";
            return false;
        }

        var known = (await db.Ledger.AsNoTracking().Where(l => l.Epoch == row.Number).Select(l => l.Bill).ToListAsync(cancellationToken)).ToHashSet();
        foreach (var signed in lodged)
        {
            var digest = Statements.Of(chain.Market, signed.Bill).Hash();
            if (known.Add(digest))
            {
                db.Ledger.Add(new LedgerRow { Bill = digest, Epoch = row.Number, From = default, Body = MemberJson.Write(signed) });
            }
        }

        row.Note = "";
        return true;
    }
}

/// <summary>Shows what was demanded: whoever demanded pays for it, and who would not show it is convicted.</summary>
public sealed class ShowBillsHandler(CollaborationDb db, EpochChain chain, MainAccount account) : IHandler<ShowBills>
{
    /// <inheritdoc/>
    public async Task HandleAsync(ShowBills message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (await db.Epochs.AsNoTracking().SingleOrDefaultAsync(e => e.Number == message.Number, cancellationToken) is not { } row || row.Root == Hash32.Zero)
        {
            return;
        }

        var clock = await chain.ClockAsync(await chain.RulesAsync(cancellationToken), cancellationToken);
        var bills = await db.Ledger.AsNoTracking().Where(l => l.Epoch == row.Number).Select(l => l.Body).ToListAsync(cancellationToken);
        var document = BillsDocument.Of(chain.Market, bills.Select(b => MemberJson.Read<SignedBill>(b)));
        foreach (var demand in await chain.DemandsAsync(row.Number, clock, cancellationToken) ?? [])
        {
            if (PositionOf(document, demand.Index) is { } position)
            {
                var signed = document.Bills[position];
                await db.SubmitAgainAsync(
                    $"books/{row.Number}/show/{demand.Name}",
                    account.Address,
                    chain.Contract,
                    new Conduct.ShowCall((ulong)row.Number, signed.Bill, signed.Signature, document.Proof(position)).Encode(),
                    cancellationToken);
            }
        }
    }

    /// <summary>A demand names a place in the batch, or a bill by its digest.</summary>
    private static int? PositionOf(BillsDocument document, System.Numerics.BigInteger index)
    {
        if (index < document.Bills.Count)
        {
            return (int)index;
        }

        for (var i = 0; i < document.Leaves.Count; i++)
        {
            if (new System.Numerics.BigInteger(document.Leaves[i].Bill.ToArray(), isUnsigned: true, isBigEndian: true) == index)
            {
                return i;
            }
        }

        return null;
    }
}
