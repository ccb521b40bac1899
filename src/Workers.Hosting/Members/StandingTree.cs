using System.Buffers.Binary;
using Ethereum;
using Ethereum.Contracts;

namespace Workers.Hosting.Members;

/// <summary>An attestation's tree of standings (IConduct.sol): data = abi.encode(member, reputation, zones), in ascending order of the members.</summary>
public static class StandingTree
{
    /// <summary>The root.</summary>
    /// <param name="standings">Ascending.</param>
    public static Hash32 Root(IReadOnlyList<Conduct.Standing> standings) => OrderedTree.Root([.. standings.Select(Leaf)]);

    /// <summary>The proof of the standing at a position.</summary>
    public static Conduct.Proof Proof(IReadOnlyList<Conduct.Standing> standings, int position) =>
        new(position, [.. OrderedTree.Proof([.. standings.Select(Leaf)], [position])]);

    /// <summary>Whether the root gives this standing.</summary>
    /// <param name="root">Attested.</param>
    /// <param name="members">As attested with it.</param>
    public static bool Holds(Hash32 root, uint members, Conduct.Standing standing, Conduct.Proof proof)
    {
        ArgumentNullException.ThrowIfNull(proof);
        return proof.Index >= 0 && proof.Index < members && OrderedTree.Holds(root, members, Leaf(standing), (long)proof.Index, proof.Siblings);
    }

    private static Hash32 Leaf(Conduct.Standing standing)
    {
        ArgumentNullException.ThrowIfNull(standing);
        Span<byte> data = stackalloc byte[3 * Hash32.Size];
        data.Clear();
        standing.Member.CopyTo(data[12..]);
        BinaryPrimitives.WriteUInt32BigEndian(data[60..], standing.Reputation);
        BinaryPrimitives.WriteUInt32BigEndian(data[92..], standing.Zones);
        return OrderedTree.Leaf(Keccak256.Hash(data));
    }
}
