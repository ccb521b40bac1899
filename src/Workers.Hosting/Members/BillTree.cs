using Ethereum;
using Ethereum.Contracts;

namespace Workers.Hosting.Members;

/// <summary>An epoch's tree of bills (IConduct.sol): data = abi.encode(bill, keccak256(signature)), in strictly ascending order of the bills' digests.</summary>
public static class BillTree
{
    /// <summary>A leaf.</summary>
    /// <param name="digest">What the requester signed.</param>
    /// <param name="signature">65 bytes.</param>
    public static Conduct.BillLeaf Leaf(Hash32 digest, ReadOnlySpan<byte> signature) => new(digest, Keccak256.Hash(signature));

    /// <summary>The root.</summary>
    /// <param name="leaves">Strictly ascending.</param>
    /// <exception cref="ArgumentException">They are not.</exception>
    public static Hash32 Root(IReadOnlyList<Conduct.BillLeaf> leaves) => OrderedTree.Root(Hashes(leaves));

    /// <summary>The proof of the leaf at a position.</summary>
    public static Conduct.Proof Proof(IReadOnlyList<Conduct.BillLeaf> leaves, int position) => new(position, [.. OrderedTree.Proof(Hashes(leaves), [position])]);

    /// <summary>A leaf as it stands in the tree.</summary>
    internal static Hash32 HashOf(Conduct.BillLeaf leaf) => OrderedTree.Leaf(OrderedTree.Join(leaf.Bill, leaf.SignatureHash));

    private static List<Hash32> Hashes(IReadOnlyList<Conduct.BillLeaf> leaves)
    {
        for (var i = 1; i < leaves.Count; i++)
        {
            if (leaves[i - 1].Bill.CompareTo(leaves[i].Bill) >= 0)
            {
                throw new ArgumentException($"Bill {i} does not come after bill {i - 1}.", nameof(leaves));
            }
        }

        return [.. leaves.Select(HashOf)];
    }
}
