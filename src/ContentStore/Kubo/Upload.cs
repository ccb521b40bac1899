using System.Collections.Concurrent;
using ContentStore.UnixFs;
using Microsoft.Win32.SafeHandles;

namespace ContentStore.Kubo;

/// <summary>
/// Brings one file into one node: find out where an earlier attempt stopped, send the rest, read every block back, pin. Blocks that
/// turn out to be missing (a killed node may lose the last it took) are sent again.
/// </summary>
internal sealed class Upload(KuboRpc node, KuboStoreOptions options, string path, SafeFileHandle file, FileDag dag, IProgress<long>? progress)
{
    /// <summary>Times that missing blocks are sent before the node is given up.</summary>
    private const int MaxRounds = 3;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var blocks = Blocks();
        IReadOnlyList<BlockToSend> missing = await node.IsPinnedAsync(dag.Root, options.LocalTimeout, cancellationToken)
            ? []
            : blocks[await FirstMissingLeafAsync(cancellationToken)..];
        for (var round = 0; round < MaxRounds; round++)
        {
            await SendAsync(missing, cancellationToken);
            missing = await ReadBackAsync(blocks, cancellationToken);

            // Pinned last: a node that collects garbage in between refuses, and another round brings the blocks back.
            if (missing.Count == 0 && await node.PinAsync(dag.Root, options.WriteTimeout, cancellationToken))
            {
                return;
            }
        }

        throw new ContentStoreException(
            $"{node.Name} took the blocks of {dag.Root} {MaxRounds} times and still misses {missing.Count} of {blocks.Length}. " +
            "Look at the node's log and free disk space.", isTransient: true);
    }

    /// <summary>All blocks, leaves first, root last.</summary>
    private BlockToSend[] Blocks() =>
    [
        .. Enumerable.Range(0, dag.LeafCount).Select(i => new BlockToSend(dag.Leaf(i), dag.LeafLength(i), token => ReadLeafAsync(i, token))),
        .. dag.InnerNodes().Select(n => new BlockToSend(n.Cid, n.Bytes.Length, _ => ValueTask.FromResult(n.Bytes))),
    ];

    /// <summary>
    /// Leaves are sent in order, so those that arrived form a prefix and bisection finds its end in log₂ n questions. If that is not
    /// so, the read-back finds the holes.
    /// </summary>
    private async Task<int> FirstMissingLeafAsync(CancellationToken cancellationToken)
    {
        int low = 0, high = dag.LeafCount;
        while (low < high)
        {
            // The first question is about the first leaf: a file that was never sent costs one question, not log₂ n.
            var middle = low == 0 && high == dag.LeafCount ? 0 : (low + high) / 2;
            if (await node.HasBlockAsync(dag.Leaf(middle), options.LocalTimeout, cancellationToken))
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private async Task SendAsync(IReadOnlyList<BlockToSend> blocks, CancellationToken cancellationToken)
    {
        var left = blocks.Sum(b => b.Cid.Codec == CidCodec.Raw ? (long)b.Length : 0);
        foreach (var segment in blocks.Chunk(options.LeavesPerRequest))
        {
            using var car = new CarContent(dag.Root, segment);
            await node.ImportAsync(car, options.WriteTimeout, cancellationToken);
            left -= segment.Sum(b => b.Cid.Codec == CidCodec.Raw ? (long)b.Length : 0);
            progress?.Report(dag.Size - left);
        }
    }

    private async Task<IReadOnlyList<BlockToSend>> ReadBackAsync(BlockToSend[] blocks, CancellationToken cancellationToken)
    {
        var missing = new ConcurrentBag<int>();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Parallelism, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, blocks.Length, parallel, async (i, token) =>
        {
            try
            {
                await node.GetBlockAsync(blocks[i].Cid, localOnly: true, options.BlockTimeout, token);
            }
            catch (ContentNotFoundException)
            {
                missing.Add(i);
            }
        });
        return [.. missing.Order().Select(i => blocks[i])];
    }

    private async ValueTask<ReadOnlyMemory<byte>> ReadLeafAsync(int index, CancellationToken cancellationToken)
    {
        var leaf = new byte[dag.LeafLength(index)];
        var offset = (long)index * UnixFsProfile.LeafSize;
        try
        {
            for (int read = 1, at = 0; at < leaf.Length && read > 0; at += read)
            {
                read = await RandomAccess.ReadAsync(file, leaf.AsMemory(at), offset + at, cancellationToken);
            }
        }
        catch (IOException e)
        {
            throw new ContentStoreException($"'{path}' cannot be read while it is being uploaded: {e.Message}", isTransient: false, e);
        }

        var cid = dag.Leaf(index);
        return cid.Matches(leaf) ? leaf : throw new ContentCorruptException(cid, Cid.Of(CidCodec.Raw, leaf), $"'{path}', block {index},");
    }
}
