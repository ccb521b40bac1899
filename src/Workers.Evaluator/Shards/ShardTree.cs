using Ethereum;

namespace Workers.Evaluator.Shards;

/// <summary>The commitment to an ordered list of retrieval keys, as ITradingSessions describes it.</summary>
public static class ShardTree
{
    /// <summary>leaf_i = keccak256(abi.encode(key_i, salt_i)).</summary>
    public static Hash32 Leaf(Hash32 key, Hash32 salt) => Join(key, salt);

    /// <summary>The root: neighbours are joined; the last node of a level of odd length moves up unchanged.</summary>
    /// <param name="leaves">At least one.</param>
    public static Hash32 Root(IReadOnlyList<Hash32> leaves) => Levels(leaves)[^1][0];

    /// <summary>keccak256(abi.encode(root, sessionId, provider)): nobody can register another's list as its own.</summary>
    public static Hash32 Commitment(Hash32 root, Hash32 sessionId, Address provider)
    {
        Span<byte> encoded = stackalloc byte[3 * Hash32.Size];
        root.CopyTo(encoded);
        sessionId.CopyTo(encoded[Hash32.Size..]);
        provider.ToTopic().CopyTo(encoded[(2 * Hash32.Size)..]);
        return Keccak256.Hash(encoded);
    }

    /// <summary>The siblings that cannot be computed from the leaves at these positions: level by level from the leaves up, left to right.</summary>
    /// <param name="positions">Ascending.</param>
    public static IReadOnlyList<Hash32> Proof(IReadOnlyList<Hash32> leaves, IReadOnlyList<int> positions)
    {
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

    /// <summary>Shard i of the sample is one of stratum i, as ITradingSessions says.</summary>
    /// <param name="shards">How many there are.</param>
    /// <param name="sampleShare">Basis points, 1 to 10,000.</param>
    /// <param name="seed">From the contract's event.</param>
    public static IReadOnlyList<int> Sample(int shards, int sampleShare, uint seed)
    {
        var positions = new int[(int)((long)shards * sampleShare / 10_000)];
        Span<byte> encoded = stackalloc byte[2 * Hash32.Size];
        encoded.Clear();
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(encoded[28..32], seed);
        for (var i = 0; i < positions.Length; i++)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(encoded[60..64], i);
            var hash = new System.Numerics.BigInteger(Keccak256.Hash(encoded).ToArray(), isUnsigned: true, isBigEndian: true);
            var from = (int)((long)i * shards / positions.Length);
            var width = (int)((long)(i + 1) * shards / positions.Length) - from;
            positions[i] = from + (int)(hash % width);
        }

        return positions;
    }

    private static List<IReadOnlyList<Hash32>> Levels(IReadOnlyList<Hash32> leaves)
    {
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

    private static Hash32 Join(Hash32 left, Hash32 right)
    {
        Span<byte> encoded = stackalloc byte[2 * Hash32.Size];
        left.CopyTo(encoded);
        right.CopyTo(encoded[Hash32.Size..]);
        return Keccak256.Hash(encoded);
    }
}
