using Ethereum;

namespace Workers.Evaluator.Shards;

/// <summary>The commitment to an ordered list of retrieval keys, an <see cref="OrderedTree"/>, as ITradingSessions describes it.</summary>
public static class ShardTree
{
    /// <summary>leaf_i = keccak256(abi.encode(key_i, salt_i)).</summary>
    public static Hash32 Leaf(Hash32 key, Hash32 salt) => OrderedTree.Join(key, salt);

    /// <summary>keccak256(abi.encode(root, sessionId, provider)): nobody can register another's list as its own.</summary>
    public static Hash32 Commitment(Hash32 root, Hash32 sessionId, Address provider)
    {
        Span<byte> encoded = stackalloc byte[3 * Hash32.Size];
        root.CopyTo(encoded);
        sessionId.CopyTo(encoded[Hash32.Size..]);
        provider.ToTopic().CopyTo(encoded[(2 * Hash32.Size)..]);
        return Keccak256.Hash(encoded);
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
}
