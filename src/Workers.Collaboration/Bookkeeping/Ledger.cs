using Ethereum;
using Ethereum.Rpc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Hosting.Members;

namespace Workers.Collaboration.Bookkeeping;

/// <summary>
/// The bills that this member's batches will contain. What is in it can neither be omitted nor be none: between people who joined in final blocks, of the epoch, signed. So no receipt for it can become a fine.
/// </summary>
public sealed class Ledger(CollaborationDb db, EpochChain chain, IOptions<BookkeepingOptions> options)
{
    /// <summary>Beyond these nothing is taken: what is lodged on chain has to find room, too.</summary>
    private const int MostTaken = BillsDocument.MaxBills / 2;

    /// <summary>Takes bills into the ledger of an epoch that is not closed. The caller saves, and signs nothing before.</summary>
    /// <param name="from">Who hands them in.</param>
    /// <param name="limit">How many are taken from it.</param>
    /// <returns>Of each bill its digest, and why it is not taken.</returns>
    public async Task<IReadOnlyList<(Hash32 Bill, string? Problem)>> TakeAsync(EpochRow row, EpochClock clock, Address from, IReadOnlyList<SignedBill> bills, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(row);
        ArgumentNullException.ThrowIfNull(bills);
        var final = await chain.FinalBlockAsync(cancellationToken);
        var subjects = final is null ? [] : await SubjectsAsync([.. bills.SelectMany(b => new[] { b.Bill.Requester, b.Bill.Collaborator })], final, cancellationToken);
        var digests = bills.Select(b => Statements.Of(chain.Market, b.Bill).Hash()).ToList();
        var known = (await db.Ledger.AsNoTracking().Where(l => digests.Contains(l.Bill)).Select(l => l.Bill).ToListAsync(cancellationToken)).ToHashSet();
        var given = await db.Ledger.CountAsync(l => l.Epoch == row.Number && l.From == from, cancellationToken);
        List<(Hash32, string?)> results = [];
        foreach (var (signed, digest) in bills.Zip(digests))
        {
            var problem = known.Contains(digest) ? null
                : signed.Bill.Requester != from && signed.Bill.Collaborator != from ? "Only its requester or its collaborator hands a bill in."
                : given >= limit || row.Taken >= MostTaken ? "More are not taken."
                : !BookkeepingPolicy.IsBill(chain.Market, clock, row.Number, signed, account => subjects.GetValueOrDefault(account)) ? "It is no bill of the epoch between two people who joined in final blocks, signed by its requester."
                : null;
            if (problem is null && known.Add(digest))
            {
                db.Ledger.Add(new LedgerRow { Bill = digest, Epoch = row.Number, From = from, Body = MemberJson.Write(signed) });
                row.Taken++;
                given++;
            }

            results.Add((digest, problem));
        }

        return results;
    }

    /// <summary>How many bills are taken from others.</summary>
    public int LimitOfOthers => options.Value.BillsPerSender;

    /// <summary>Whose accounts these are. Only of accounts that once joined the chain is asked, so that made-up ones cost nothing.</summary>
    private async Task<Dictionary<Address, Hash32>> SubjectsAsync(HashSet<Address> accounts, BlockHeader final, CancellationToken cancellationToken)
    {
        var subjects = await db.Subjects.AsNoTracking().Where(s => accounts.Contains(s.Account)).ToDictionaryAsync(s => s.Account, s => s.Subject, cancellationToken);
        var joined = await db.Set<MemberFactRow>().AsNoTracking().Where(f => accounts.Contains(f.Account)).Select(f => f.Account).Distinct().ToListAsync(cancellationToken);
        foreach (var account in joined.Where(a => !subjects.ContainsKey(a)))
        {
            var subject = await chain.SubjectAsync(account, final.Number, cancellationToken);
            if (subject != Hash32.Zero)
            {
                subjects[account] = subject;
                db.Subjects.Add(new SubjectRow { Account = account, Subject = subject });
            }
        }

        return subjects;
    }
}
