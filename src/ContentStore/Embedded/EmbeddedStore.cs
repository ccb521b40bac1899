using ContentStore.UnixFs;

namespace ContentStore.Embedded;

/// <summary>
/// A directory as content store, with the CIDs of Kubo's unixfs-v1-2025. Any number of processes may share it.
/// <code>
/// content/xx/CID           the bytes of the file, as they are (xx: the last two characters of the CID)
/// content/xx/CID.leaves    SHA-256 of every MiB, when there is more than one; must lead to the CID
/// tmp/                     files under way
/// </code>
/// The content file is renamed into place last, after it and its leaves were synced, so it is there whole or not at all. Reading
/// verifies leaves against the CID and bytes against leaves. Storing again replaces damaged files.
/// </summary>
public sealed class EmbeddedStore : IContentStore, IDisposable
{
    private const int CopyBufferSize = 256 * 1024;

    private readonly string _content;
    private readonly TemporaryArea _temporary;

    /// <param name="directory">The store's directory; made when absent. Leftovers of dead processes are removed from it.</param>
    public EmbeddedStore(string directory)
    {
        _content = Path.Combine(Path.GetFullPath(directory), "content");
        Directory.CreateDirectory(_content);
        _temporary = new TemporaryArea(Path.Combine(Path.GetFullPath(directory), "tmp"));
    }

    /// <inheritdoc/>
    public async Task<FileDag> PutAsync(Stream content, CancellationToken cancellationToken)
    {
        var temporary = _temporary.NewPath();
        try
        {
            using var file = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
            await using var writer = new DagStream(file);
            await content.CopyToAsync(writer, CopyBufferSize, cancellationToken);
            var dag = await writer.CompleteAsync(cancellationToken);
            CommitLeaves(dag);
            DurableFile.Commit(file, temporary, PathOf(dag.Root));
            return dag;
        }
        finally
        {
            File.Delete(temporary); // still there after a failure, or when both names were the same file already
        }
    }

    /// <inheritdoc/>
    public async Task<FileDag> PutFileAsync(string path, PutFileOptions options, CancellationToken cancellationToken)
    {
        FileDag dag;
        var temporary = _temporary.NewPath();
        if (options.Immutable && DurableFile.TryLink(path, temporary))
        {
            dag = await AdoptAsync(temporary, options.Dag, cancellationToken);
        }
        else
        {
            await using var content = OpenSequential(path);
            dag = await PutAsync(content, cancellationToken);
        }

        options.Progress?.Report(dag.Size);
        return dag;
    }

    /// <inheritdoc/>
    public Task<bool> HasAsync(Cid cid, CancellationToken cancellationToken) => Task.FromResult(File.Exists(PathOf(cid)));

    /// <inheritdoc/>
    public async Task<Stream> OpenAsync(Cid cid, long maxBytes, CancellationToken cancellationToken)
    {
        var path = PathOf(cid);
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ContentNotFoundException(cid, $"The store in '{_content}'", e);
        }

        try
        {
            var size = file.Length;
            if (size > maxBytes)
            {
                throw new ContentTooLargeException(cid, size, maxBytes);
            }

            return new EmbeddedStream(file, await ReadDagAsync(cid, path, size, cancellationToken));
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<long> VerifyAsync(Cid cid, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        await using var stream = (EmbeddedStream)await OpenAsync(cid, long.MaxValue, cancellationToken);
        return await stream.VerifyAsync(progress, cancellationToken);
    }

    /// <summary>Removes this instance's temporary files.</summary>
    public void Dispose() => _temporary.Dispose();

    private static FileStream OpenSequential(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);

    private static async Task<FileDag> ReadDagAsync(Cid cid, string path, long size, CancellationToken cancellationToken)
    {
        if (size <= UnixFsProfile.LeafSize)
        {
            return FileDag.FromLeaves(size, cid.Digest);
        }

        var leaves = path + ".leaves";
        var digests = File.Exists(leaves) ? await File.ReadAllBytesAsync(leaves, cancellationToken) : [];
        if (digests.Length != FileDag.LeafCountOf(size) * 32)
        {
            throw new ContentStoreException(
                $"'{leaves}' has {digests.Length} bytes and cannot belong to '{path}' with {size} bytes. Store the content again.", isTransient: false);
        }

        var dag = FileDag.FromLeaves(size, digests);
        return dag.Root == cid ? dag : throw new ContentCorruptException(cid, dag.Root, $"'{leaves}'");
    }

    private async Task<FileDag> AdoptAsync(string temporary, FileDag? known, CancellationToken cancellationToken)
    {
        try
        {
            using var file = File.OpenHandle(temporary, FileMode.Open, FileAccess.Read);
            var dag = known;
            if (dag is null)
            {
                await using var content = OpenSequential(temporary);
                dag = await FileDag.ComputeAsync(content, cancellationToken);
            }
            else if (dag.Size != RandomAccess.GetLength(file))
            {
                throw new ArgumentException($"The file has {RandomAccess.GetLength(file)} bytes, but its DAG is one of {dag.Size}.", nameof(known));
            }

            CommitLeaves(dag);
            DurableFile.Commit(file, temporary, PathOf(dag.Root));
            return dag;
        }
        finally
        {
            File.Delete(temporary); // still there after a failure, or when both names were the same file already
        }
    }

    private void CommitLeaves(FileDag dag)
    {
        var directory = Path.GetDirectoryName(PathOf(dag.Root))!;
        if (!Directory.Exists(directory))
        {
            Directory.CreateDirectory(directory);
            DurableFile.SyncDirectory(_content);
        }

        if (dag.LeafCount > 1)
        {
            var temporary = _temporary.NewPath();
            using var file = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write);
            RandomAccess.Write(file, dag.LeafDigests.Span, 0);
            DurableFile.Commit(file, temporary, PathOf(dag.Root) + ".leaves");
        }
    }

    private string PathOf(Cid cid)
    {
        var name = cid.ToString();
        return Path.Combine(_content, name[^2..], name);
    }
}
