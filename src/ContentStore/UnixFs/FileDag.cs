using System.Security.Cryptography;

namespace ContentStore.UnixFs;

/// <summary>An inner node of a file: its CID and its bytes.</summary>
/// <param name="Cid">The node's CID, codec dag-pb.</param>
/// <param name="Bytes">The encoded node, below 60 KiB.</param>
public sealed record DagNode(Cid Cid, ReadOnlyMemory<byte> Bytes);

/// <summary>
/// The Merkle DAG of one file under <see cref="UnixFsProfile"/>: its root CID, and the digest of every leaf (32 bytes per MiB of
/// content). Inner nodes follow from the leaves and are computed when asked for.
/// </summary>
public sealed class FileDag
{
    private readonly byte[] _leafDigests;

    private FileDag(Cid root, long size, byte[] leafDigests)
    {
        Root = root;
        Size = size;
        _leafDigests = leafDigests;
    }

    /// <summary>The file's CID, which IPFS reports for the same bytes under the same profile.</summary>
    public Cid Root { get; }

    /// <summary>Bytes of content.</summary>
    public long Size { get; }

    /// <summary>Number of leaves; an empty file has one, which is empty.</summary>
    public int LeafCount => _leafDigests.Length / SHA256.HashSizeInBytes;

    /// <summary>SHA-256 of every leaf in order, concatenated.</summary>
    public ReadOnlyMemory<byte> LeafDigests => _leafDigests;

    /// <summary>Builds the DAG above the leaves.</summary>
    /// <param name="size">Bytes of content.</param>
    /// <param name="leafDigests">SHA-256 of every leaf in order, concatenated; copied.</param>
    /// <exception cref="ArgumentException">There are more or fewer digests than the size needs.</exception>
    public static FileDag FromLeaves(long size, ReadOnlySpan<byte> leafDigests) =>
        FromLeaves(size, leafDigests, UnixFsProfile.LeafSize, UnixFsProfile.MaxLinks);

    /// <summary>Reads the stream to its end and computes its DAG, storing nothing.</summary>
    public static async Task<FileDag> ComputeAsync(Stream content, CancellationToken cancellationToken)
    {
        await using var writer = new DagStream();
        await content.CopyToAsync(writer, UnixFsProfile.LeafSize, cancellationToken);
        return await writer.CompleteAsync(cancellationToken);
    }

    /// <summary>The CID of one leaf.</summary>
    public Cid Leaf(int index) => new(CidCodec.Raw, LeafDigest(index));

    /// <summary>SHA-256 of one leaf.</summary>
    public ReadOnlySpan<byte> LeafDigest(int index) => _leafDigests.AsSpan(index * SHA256.HashSizeInBytes, SHA256.HashSizeInBytes);

    /// <summary>Bytes of one leaf.</summary>
    public int LeafLength(int index) => (int)Math.Min(UnixFsProfile.LeafSize, Size - (long)index * UnixFsProfile.LeafSize);

    /// <summary>The inner nodes, children before their parents, so the root comes last; none when the file is a single leaf.</summary>
    public IEnumerable<DagNode> InnerNodes()
    {
        var nodes = new List<DagNode>();
        BuildTree(Size, _leafDigests, UnixFsProfile.LeafSize, UnixFsProfile.MaxLinks, nodes);
        return nodes;
    }

    /// <summary>For tests: the same with other parameters than the profile's.</summary>
    internal static FileDag FromLeaves(long size, ReadOnlySpan<byte> leafDigests, int leafSize, int maxLinks)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        var expected = LeafCountOf(size, leafSize);
        if (leafDigests.Length != expected * SHA256.HashSizeInBytes)
        {
            throw new ArgumentException(
                $"{size} bytes have {expected} leaves, but {leafDigests.Length} bytes of digests came.", nameof(leafDigests));
        }

        var copy = leafDigests.ToArray();
        return new FileDag(BuildTree(size, copy, leafSize, maxLinks, nodes: null), size, copy);
    }

    internal static long LeafCountOf(long size, int leafSize = UnixFsProfile.LeafSize) => Math.Max(1, (size + leafSize - 1) / leafSize);

    /// <summary>Balanced layout: every level groups the one below in order, so all leaves have the same depth.</summary>
    private static Cid BuildTree(long size, byte[] leafDigests, int leafSize, int maxLinks, List<DagNode>? nodes)
    {
        var level = new DagLink[leafDigests.Length / SHA256.HashSizeInBytes];
        for (var i = 0; i < level.Length; i++)
        {
            var length = Math.Min(leafSize, size - (long)i * leafSize);
            var cid = new Cid(CidCodec.Raw, leafDigests.AsSpan(i * SHA256.HashSizeInBytes, SHA256.HashSizeInBytes));
            level[i] = new DagLink(cid, length, length);
        }

        while (level.Length > 1)
        {
            var parents = new DagLink[(level.Length + maxLinks - 1) / maxLinks];
            for (var i = 0; i < parents.Length; i++)
            {
                var children = level.AsSpan(i * maxLinks, Math.Min(maxLinks, level.Length - i * maxLinks));
                var block = DagPb.EncodeFileNode(children);
                var parent = new DagLink(Cid.Of(CidCodec.DagPb, block), 0, block.Length);
                foreach (var child in children)
                {
                    parent = parent with { FileSize = parent.FileSize + child.FileSize, TotalSize = parent.TotalSize + child.TotalSize };
                }

                nodes?.Add(new DagNode(parent.Cid, block));
                parents[i] = parent;
            }

            level = parents;
        }

        return level[0].Cid;
    }
}
