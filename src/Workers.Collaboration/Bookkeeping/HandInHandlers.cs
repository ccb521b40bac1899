using Ethereum;
using Ethereum.Transactions;
using Microsoft.EntityFrameworkCore;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Members;
using Workers.Hosting.Messaging;
using Workers.Hosting.Transactions;

namespace Workers.Collaboration.Bookkeeping;

/// <summary>Body of an envelope <c>hand-in</c>.</summary>
public sealed record HandInBody(ulong Epoch, IReadOnlyList<SignedBill> Bills);

/// <summary>Body of the answer, with one item for each bill in their order.</summary>
public sealed record HandInAnswer(IReadOnlyList<HandInItem> Items);

/// <param name="Receipt">The bookkeeper's signature of Receipt(uint64 epoch,bytes32 bill).</param>
/// <param name="Problem">Why there is none.</param>
public sealed record HandInItem(byte[]? Receipt, string? Problem);

/// <summary>Hands bills to a candidate and keeps its receipts. After a kill they are handed in again, which does no more than once.</summary>
public sealed class HandInHandler(CollaborationDb db, EpochChain chain, IMemberDirectory members, EnvelopeClient envelopes) : IHandler<HandIn>
{
    /// <summary>Bills of one envelope.</summary>
    public const int PerEnvelope = 200;

    private const int AtOnce = 5_000;

    /// <inheritdoc/>
    public async Task HandleAsync(HandIn message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        var candidate = Address.Parse(message.Candidate);
        if (await db.HandIns.FindAsync([message.Number, candidate], cancellationToken) is not { } row || await members.FindAsync(candidate, cancellationToken) is not { } member)
        {
            return;
        }

        row.Problem = null;
        var clock = await chain.ClockAsync(await chain.RulesAsync(cancellationToken), cancellationToken);
        var (first, next) = (clock.FirstOf(message.Number), clock.FirstOf(message.Number + 1));
        var missing = await db.Bills.AsNoTracking().Where(b => b.Time >= first && b.Time < next && !db.Receipts.Any(r => r.Bill == b.Bill && r.Bookkeeper == candidate))
            .OrderBy(b => b.Time).Take(AtOnce).ToListAsync(cancellationToken);
        var receipts = false;
        try
        {
            foreach (var bills in missing.Chunk(PerEnvelope))
            {
                using var reply = await envelopes.SendAsync(
                    member, HandInEnvelopeHandler.Kind, MemberJson.Write(new HandInBody((ulong)message.Number, [.. bills.Select(b => b.Read())])), cancellationToken);
                Keep(row, bills, MemberJson.Read<HandInAnswer>(reply.Reveal()).Items);
                receipts = true;
            }
        }
        catch (EnvelopeException e)
        {
            row.Problem = e.Message;
        }
        catch (Exception e) when (e is FormatException or HpkeException)
        {
            row.Problem = "Its answer cannot be read.";
        }

        // What was looked through before these receipts came may lack just these bills.
        if (receipts && await db.Epochs.FindAsync([message.Number], cancellationToken) is { IsChecked: true } epoch)
        {
            epoch.IsChecked = false;
        }
    }

    private void Keep(HandInRow row, BillRow[] bills, IReadOnlyList<HandInItem> items)
    {
        if (items.Count != bills.Length)
        {
            throw new FormatException("One item for each bill.");
        }

        foreach (var (bill, item) in bills.Zip(items))
        {
            if (item is { Receipt: { } receipt } && Statements.Receipt(chain.Market, (ulong)row.Epoch, bill.Bill).IsSignedBy(row.Candidate, receipt))
            {
                db.Receipts.Add(new ReceiptRow { Bill = bill.Bill, Bookkeeper = row.Candidate, Epoch = row.Epoch, Signature = receipt });
            }
            else
            {
                row.Problem = item is { Receipt: not null } ? "What it gave for a receipt is not signed by it." : "It does not take a bill.";
            }
        }
    }
}

/// <summary>Takes bills for this member's batch. A receipt is signed when the bill is saved, and none when the epoch is closed: both are decided by the epoch's row, whatever the chain says to whom.</summary>
public sealed class HandInEnvelopeHandler(CollaborationDb db, EpochChain chain, Candidacy candidacy, Ledger ledger, MainAccount account) : IEnvelopeHandler
{
    /// <summary>The envelope's kind.</summary>
    public const string Kind = "hand-in";

    private const int Attempts = 16;

    /// <inheritdoc/>
    public async Task<EnvelopeAnswer> HandleAsync(OpenedEnvelope envelope, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        HandInBody body;
        try
        {
            body = MemberJson.Read<HandInBody>(envelope.Body.Reveal());
        }
        catch (FormatException e)
        {
            return EnvelopeAnswer.Refuse(e.Message);
        }

        // A list may hold null, whatever its type says.
        if (body.Bills.Count is 0 or > HandInHandler.PerEnvelope || body.Bills.Any(b => b is null) || body.Epoch > uint.MaxValue)
        {
            return EnvelopeAnswer.Refuse($"1 to {HandInHandler.PerEnvelope} bills are handed in at once.");
        }

        var number = (long)body.Epoch;
        var epoch = await chain.EpochAsync(number, cancellationToken);
        if (epoch.State != EpochState.Collecting || await chain.NowAsync(cancellationToken) > epoch.Deadline)
        {
            return EnvelopeAnswer.Refuse("Bills of this epoch are not collected now.");
        }

        if (!(await candidacy.RankingAsync(epoch, cancellationToken)).Take(Candidacy.Asked).Any(s => s.Member == account.Address))
        {
            return EnvelopeAnswer.Refuse("This member is no candidate for the books of this epoch.");
        }

        var clock = await chain.ClockAsync(await chain.RulesAsync(cancellationToken), cancellationToken);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (await TakeAsync(number, clock, envelope.Header.From, body.Bills, cancellationToken) is { } answer)
            {
                return answer;
            }
        }

        return EnvelopeAnswer.Refuse("The bills could not be saved. Hand them in again.");
    }

    /// <returns>Null when another commit came in between.</returns>
    private async Task<EnvelopeAnswer?> TakeAsync(long number, EpochClock clock, Address from, IReadOnlyList<SignedBill> bills, CancellationToken cancellationToken)
    {
        var row = await db.Epochs.FindAsync([number], cancellationToken) ?? db.Epochs.Add(new EpochRow { Number = number }).Entity;
        if (row.IsClosed)
        {
            return EnvelopeAnswer.Refuse("The books of this epoch are closed.");
        }

        var results = await ledger.TakeAsync(row, clock, from, bills, ledger.LimitOfOthers, cancellationToken);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException)
        {
            db.ChangeTracker.Clear();
            return null;
        }

        List<HandInItem> items = [];
        foreach (var (bill, problem) in results)
        {
            items.Add(problem is null
                ? new HandInItem(PersonalMessage.ToBytes(await account.Signer.SignTypedDataAsync(Statements.Receipt(chain.Market, (ulong)number, bill), cancellationToken)), Problem: null)
                : new HandInItem(Receipt: null, problem));
        }

        return EnvelopeAnswer.Of(MemberJson.Write(new HandInAnswer(items)));
    }
}
