using ContentStore;
using Contracts.Messages;
using Ethereum;
using Ethereum.Contracts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Hosting.Members;
using Workers.Hosting.Messaging;
using Workers.Hosting.Transactions;

namespace Workers.Collaboration.Bookkeeping;

/// <summary>
/// Looks through the batch that stands: everybody whose bills it has to contain does. What is wrong with it convicts the bookkeeper; what it keeps to itself is demanded on chain. A call that does not hold is refused
/// before it is sent, so that looking costs nothing but a demand that is answered.
/// </summary>
public sealed class CheckBatchHandler(CollaborationDb db, EpochChain chain, IContentStore content, MainAccount account, IOptions<BookkeepingOptions> options) : IHandler<CheckBatch>
{
    /// <summary>What a member keeps of its bond for the next case, in fines.</summary>
    private const int FinesKept = 2;

    /// <inheritdoc/>
    public async Task HandleAsync(CheckBatch message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        var epoch = await chain.EpochAsync(message.Number, cancellationToken);
        var post = BookkeepingPolicy.PostName(epoch.Bookkeeper, epoch.Batch);
        if (await db.Epochs.FindAsync([message.Number], cancellationToken) is not { } row || row.Post != post || epoch.Bookkeeper.IsZero || epoch.Bookkeeper == account.Address)
        {
            return;
        }

        var rules = await chain.RulesAsync(cancellationToken);
        var now = await chain.NowAsync(cancellationToken);
        var clock = await chain.ClockAsync(rules, cancellationToken);
        if (epoch.Demands > 0)
        {
            await RefuteSilenceAsync(row, clock, now, cancellationToken);
        }

        if (!row.IsChecked)
        {
            await CheckAsync(row, epoch, rules, clock, now, cancellationToken);
        }
    }

    private async Task CheckAsync(EpochRow row, EpochView epoch, Conduct.Rules rules, EpochClock clock, long now, CancellationToken cancellationToken)
    {
        var owed = await OwedAsync(row, clock, epoch.Bookkeeper, cancellationToken);
        BillsDocument document;
        try
        {
            document = await BillsDocument.FetchAsPostedAsync(content, chain.Market, epoch.Batch, cancellationToken);
        }
        catch (Exception e) when (e is FormatException or ContentStoreException)
        {
            row.Note = $"The batch of {epoch.Bookkeeper} cannot be looked through. {e.Message}";
            var patience = Math.Min((long)options.Value.ContentPatience.TotalSeconds, rules.Disputing / 4);
            if (e is FormatException || now >= row.SeenAt + patience)
            {
                await DemandAsync(row, rules, owed, cancellationToken);
            }

            return;
        }

        var subjects = await SubjectsAsync(document, cancellationToken);
        if (BatchInspection.Find(chain.Market, clock, row.Number, document, owed, a => subjects.GetValueOrDefault(a)) is { } fault)
        {
            row.Note = $"The batch of {epoch.Bookkeeper} is refuted: {fault.Sentence}.";
            await db.SubmitAgainAsync($"books/{row.Number}/{fault.Kind}/{Keccak256.Hash(row.Post)}", account.Address, chain.Contract, fault.Call, cancellationToken);
        }
        else
        {
            (row.IsChecked, row.Note) = (true, $"The batch of {epoch.Bookkeeper} was looked through: it has the {owed.Count} bills of this member that it owes, and no fault was found.");
        }
    }

    /// <summary>This member's bills that the bookkeeper gave its receipt for, or that were lodged.</summary>
    private async Task<List<OwedBill>> OwedAsync(EpochRow row, EpochClock clock, Address bookkeeper, CancellationToken cancellationToken)
    {
        var (first, next) = (clock.FirstOf(row.Number), clock.FirstOf(row.Number + 1));
        var bills = await db.Bills.AsNoTracking().Where(b => b.Time >= first && b.Time < next).OrderBy(b => b.Bill).ToListAsync(cancellationToken);
        var receipts = await db.Receipts.AsNoTracking().Where(r => r.Epoch == row.Number && r.Bookkeeper == bookkeeper).ToDictionaryAsync(r => r.Bill, r => r.Signature, cancellationToken);
        var prefix = TendEpochHandler.LodgeKey(row.Number, default)[..^Hash32.Zero.ToString().Length];
        var lodged = (await db.Transactions.AsNoTracking().Where(t => t.Key.StartsWith(prefix)).ToListAsync(cancellationToken))
            .Where(t => t.State is TransactionState.Mined or TransactionState.Final || (t.State == TransactionState.Reverted && t.Error?.StartsWith(nameof(Conduct.AlreadyLodgedError)[..^5], StringComparison.Ordinal) == true))
            .Select(t => t.Key).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. bills.Where(b => receipts.ContainsKey(b.Bill)).Select(b => new OwedBill(b.Bill, b.Read(), receipts[b.Bill])),
            .. bills.Where(b => !receipts.ContainsKey(b.Bill) && lodged.Contains(TendEpochHandler.LodgeKey(row.Number, b.Bill))).Select(b => new OwedBill(b.Bill, b.Read(), Receipt: [])),
        ];
    }

    /// <summary>Of accounts that are members here nothing is asked that was asked before; the first that is nobody's ends it, since its bill convicts.</summary>
    private async Task<Dictionary<Address, Hash32>> SubjectsAsync(BillsDocument document, CancellationToken cancellationToken)
    {
        var subjects = await db.Subjects.AsNoTracking().ToDictionaryAsync(s => s.Account, s => s.Subject, cancellationToken);
        foreach (var signed in document.Bills)
        {
            foreach (var party in new[] { signed.Bill.Requester, signed.Bill.Collaborator })
            {
                if (subjects.ContainsKey(party))
                {
                    continue;
                }

                subjects[party] = await chain.SubjectAsync(party, default, cancellationToken);
                if (subjects[party] == Hash32.Zero)
                {
                    return subjects;
                }
            }
        }

        return subjects;
    }

    /// <summary>A bookkeeper that keeps its batch to itself has to show what it owes, for a fine; a few bills are demanded, one after the other. What others demand keeps nobody from it: they could be its friends.</summary>
    private async Task DemandAsync(EpochRow row, Conduct.Rules rules, List<OwedBill> owed, CancellationToken cancellationToken)
    {
        var member = await chain.MemberAsync(account.Address, cancellationToken);
        var name = $"books/{row.Number}/demand/{Keccak256.Hash(row.Post)}";
        var states = await db.StatesAsync(name, cancellationToken);
        if (!member.Active || member.Bond < FinesKept * rules.Fine)
        {
            row.Note += $" This member's bond of {member.Bond} is too small to demand a bill: {FinesKept * rules.Fine} are needed.";
        }
        else if (owed.Count == 0)
        {
            row.Note += " It owes this member no bill.";
        }
        else if (states.Count < Math.Min(options.Value.Demands, owed.Count) && states.TrueForAll(s => s is TransactionState.Final or TransactionState.Reverted))
        {
            var bill = owed[states.Count];
            await db.SubmitAsync($"{name}/{states.Count}", account.Address, chain.Contract, new Conduct.DemandBillCall(bill.Own.Bill, bill.Own.Signature, bill.Receipt).Encode(), cancellationToken);
        }
    }

    private async Task RefuteSilenceAsync(EpochRow row, EpochClock clock, long now, CancellationToken cancellationToken)
    {
        foreach (var demand in (await chain.DemandsAsync(row.Number, clock, cancellationToken) ?? []).Where(d => now > d.AnswerBy))
        {
            await db.SubmitAgainAsync($"books/{row.Number}/silence/{demand.Name}", account.Address, chain.Contract, new Conduct.RefuteSilenceCall((ulong)row.Number, demand.Index).Encode(), cancellationToken);
        }
    }
}
