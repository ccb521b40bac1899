using Ethereum;
using Ethereum.Contracts;
using Workers.Hosting.Members;

namespace Workers.Collaboration.Bookkeeping;

/// <summary>A bill that a bookkeeper owes to its batch.</summary>
/// <param name="Receipt">The bookkeeper's; empty for a bill that was lodged on chain.</param>
public sealed record OwedBill(Hash32 Digest, SignedBill Own, byte[] Receipt);

/// <summary>What is wrong with a batch, and the call that convicts by it.</summary>
/// <param name="Kind">For a transaction's key.</param>
/// <param name="Sentence">For a person.</param>
public sealed record BatchFault(string Kind, string Sentence, byte[] Call);

/// <summary>Looks through another one's batch (IConduct.refute*). Pure.</summary>
public static class BatchInspection
{
    private static readonly Conduct.BillLeaf Nothing = new(Hash32.Zero, Hash32.Zero);

    /// <summary>The first fault; null when there is none.</summary>
    /// <param name="document">Has the batch's root.</param>
    /// <param name="owed">What has to be there.</param>
    /// <param name="subjectOf">Whose account it is; zero for who never joined. Asked in the order of the bills, for those that are signed.</param>
    public static BatchFault? Find(ConductReference market, EpochClock clock, long epoch, BillsDocument document, IEnumerable<OwedBill> owed, Func<Address, Hash32> subjectOf)
    {
        ArgumentNullException.ThrowIfNull(document);
        ArgumentNullException.ThrowIfNull(owed);
        var number = checked((ulong)epoch);
        if (document.Disorder is { } disorder)
        {
            return new BatchFault("order", $"bill {disorder} does not come after the one before", new Conduct.RefuteOrderCall(
                number, document.Leaves[disorder - 1], document.Proof(disorder - 1).Siblings, document.Leaves[disorder], document.Proof(disorder)).Encode());
        }

        for (var i = 0; i < document.Bills.Count; i++)
        {
            if (!BookkeepingPolicy.IsBill(market, clock, epoch, document.Bills[i], subjectOf))
            {
                return new BatchFault(
                    "bill", $"bill {i} is none of the epoch", new Conduct.RefuteBillCall(number, document.Bills[i].Bill, document.Bills[i].Signature, document.Proof(i)).Encode());
            }
        }

        return owed.Select(bill => Omission(document, bill)).FirstOrDefault(fault => fault is not null);
    }

    private static BatchFault? Omission(BillsDocument document, OwedBill owed)
    {
        var (leaves, low, high) = (document.Leaves, 0, document.Leaves.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = leaves[middle].Bill.CompareTo(owed.Digest) < 0 ? (middle + 1, high) : (low, middle);
        }

        return low < leaves.Count && leaves[low].Bill == owed.Digest
            ? null
            : new BatchFault("omission", $"it lacks the bill {owed.Digest}", new Conduct.RefuteOmissionCall(
                owed.Own.Bill,
                owed.Own.Signature,
                owed.Receipt,
                low == 0 ? Nothing : leaves[low - 1],
                low == 0 ? [] : document.Proof(low - 1).Siblings,
                low == leaves.Count ? Nothing : leaves[low],
                low == leaves.Count ? new Conduct.Proof(low, []) : document.Proof(low)).Encode());
    }
}
