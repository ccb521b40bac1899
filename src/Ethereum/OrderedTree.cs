namespace Ethereum;

/// <summary>
/// Merkle trees as the market's contracts compute them: neighbours join as keccak256(abi.encode(left, right)); the last node of a level of odd length moves up unchanged.
/// The number of leaves fixes how many siblings each place has.
/// </summary>
public static class OrderedTree
{
    /// <summary>leaf = keccak256(dataHash), so that data cannot pass for an inner node.</summary>
    public static Hash32 Leaf(Hash32 dataHash) => Keccak256.Hash(dataHash.ToArray());

    /// <summary>keccak256(abi.encode(left, right)).</summary>
    public static Hash32 Join(Hash32 left, Hash32 right)
    {
        Span<byte> encoded = stackalloc byte[2 * Hash32.Size];
        left.CopyTo(encoded);
        right.CopyTo(encoded[Hash32.Size..]);
        return Keccak256.Hash(encoded);
    }

    /// <summary>The root.</summary>
    /// <param name="leaves">At least one.</param>
    public static Hash32 Root(IReadOnlyList<Hash32> leaves) => Levels(leaves)[^1][0];

    /// <summary>The siblings that cannot be computed from the leaves at these positions: level by level from the leaves up, left to right.</summary>
    /// <param name="leaves">All.</param>
    /// <param name="positions">Ascending, at least one.</param>
    public static IReadOnlyList<Hash32> Proof(IReadOnlyList<Hash32> leaves, IReadOnlyList<int> positions)
    {
        ArgumentNullException.ThrowIfNull(positions);
        var proof = new List<Hash32>();
        var known = positions.ToList();
        foreach (var level in Levels(leaves).SkipLast(1))
        {
            var given = known.ToHashSet();
            proof.AddRange(known.Select(p => p ^ 1).Where(sibling => sibling < level.Count && !given.Contains(sibling)).Select(sibling => level[sibling]));
            known = [.. known.Select(p => p >> 1).Distinct()];
        }

        return proof;
    }

    /// <summary>Whether a leaf stands at a place of the tree with this root and so many leaves. Whatever the siblings are, this ends with an answer.</summary>
    public static bool Holds(Hash32 root, long leaves, Hash32 leaf, long position, IReadOnlyList<Hash32> siblings)
    {
        ArgumentNullException.ThrowIfNull(siblings);
        if (position < 0 || position >= leaves)
        {
            return false;
        }

        var (node, used) = (leaf, 0);
        for (var width = leaves; width > 1; width = (width + 1) / 2, position /= 2)
        {
            var isRight = position % 2 == 1;
            if (!isRight && position + 1 == width)
            {
                continue;
            }

            if (used == siblings.Count)
            {
                return false;
            }

            var sibling = siblings[used++];
            node = isRight ? Join(sibling, node) : Join(node, sibling);
        }

        return used == siblings.Count && node == root;
    }

    private static List<IReadOnlyList<Hash32>> Levels(IReadOnlyList<Hash32> leaves)
    {
        ArgumentNullException.ThrowIfNull(leaves);
        ArgumentOutOfRangeException.ThrowIfZero(leaves.Count, nameof(leaves));
        List<IReadOnlyList<Hash32>> levels = [leaves];
        while (levels[^1].Count > 1)
        {
            var below = levels[^1];
            var level = new Hash32[(below.Count + 1) / 2];
            for (var i = 0; i < level.Length; i++)
            {
                level[i] = (2 * i) + 1 < below.Count ? Join(below[2 * i], below[(2 * i) + 1]) : below[2 * i];
            }

            levels.Add(level);
        }

        return levels;
    }
}
