using ContentStore.UnixFs;

namespace ContentStore.Kubo;

/// <summary>
/// IPFS nodes as content store. Blocks are cut, hashed and linked here and sent as they are, so the CID does not depend on a node's
/// import settings; every block that comes is checked, so nodes and gateways need not be trusted.
/// </summary>
public sealed class KuboStore : IContentStore, IDisposable
{
    private readonly KuboStoreOptions _options;
    private readonly HttpClient _http;
    private readonly KuboRpc[] _nodes;
    private readonly BlockSource[] _sources;
    private volatile int _preferred;

    /// <param name="options">Addresses and limits.</param>
    /// <param name="time">The clock of the time-outs; the system's by default.</param>
    public KuboStore(KuboStoreOptions options, TimeProvider? time = null)
    {
        if (options.Nodes.Count == 0)
        {
            throw new ArgumentException("At least one IPFS node is needed to store content.", nameof(options));
        }

        _options = options;
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(5), PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan }; // each call has its own
        _nodes = [.. options.Nodes.Select(n => new KuboRpc(_http, n, time ?? TimeProvider.System))];
        _sources = [.. _nodes, .. options.Gateways.Select(g => new Gateway(_http, g, time ?? TimeProvider.System))];
    }

    /// <inheritdoc/>
    public async Task<FileDag> PutAsync(Stream content, CancellationToken cancellationToken)
    {
        var path = Path.Combine(_options.SpoolDirectory, $"spool-{Guid.NewGuid():n}");
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
        File.Delete(path); // the open handle keeps the bytes; without a name nothing is left when the process is killed
        await using var writer = new DagStream(file);
        await content.CopyToAsync(writer, cancellationToken);
        var dag = await writer.CompleteAsync(cancellationToken);
        await new Upload(_nodes[0], _options, path, file, dag, progress: null).RunAsync(cancellationToken);
        return dag;
    }

    /// <inheritdoc/>
    public async Task<FileDag> PutFileAsync(string path, PutFileOptions options, CancellationToken cancellationToken)
    {
        var dag = options.Dag;
        if (dag is null)
        {
            await using var content = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            dag = await FileDag.ComputeAsync(content, cancellationToken);
        }

        using var file = File.OpenHandle(path);
        await new Upload(_nodes[0], _options, path, file, dag, options.Progress).RunAsync(cancellationToken);
        options.Progress?.Report(dag.Size);
        return dag;
    }

    /// <inheritdoc/>
    public Task<bool> HasAsync(Cid cid, CancellationToken cancellationToken) =>
        _nodes[0].IsPinnedAsync(cid, _options.LocalTimeout, cancellationToken);

    /// <inheritdoc/>
    public async Task<Stream> OpenAsync(Cid cid, long maxBytes, CancellationToken cancellationToken) =>
        await FetchedStream.OpenAsync(cid, maxBytes, FetchAsync, _options.Parallelism, cancellationToken);

    /// <inheritdoc/>
    public async Task<long> VerifyAsync(Cid cid, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        await using var stream = await OpenAsync(cid, long.MaxValue, cancellationToken);
        var buffer = new byte[UnixFsProfile.LeafSize];
        while (await stream.ReadAsync(buffer, cancellationToken) > 0)
        {
            progress?.Report(stream.Position);
        }

        return stream.Position;
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _http.Dispose();

    /// <summary>
    /// One block from the source that answered last, or else from the next ones. If none has it, the failure that says most is
    /// thrown: a lie before an error before "not there".
    /// </summary>
    private async Task<byte[]> FetchAsync(Cid cid, CancellationToken cancellationToken)
    {
        var failures = new List<ContentStoreException>();
        var first = _preferred;
        for (var i = 0; i < _sources.Length; i++)
        {
            var at = (first + i) % _sources.Length;
            try
            {
                var block = await _sources[at].GetBlockAsync(cid, localOnly: false, _options.BlockTimeout, cancellationToken);
                _preferred = at;
                foreach (var failure in failures)
                {
                    _options.OnSourceFailure?.Invoke(failure);
                }

                return block;
            }
            catch (ContentStoreException e)
            {
                failures.Add(e);
            }
        }

        if (failures is [var only])
        {
            throw only;
        }

        if (failures.TrueForAll(f => f is ContentNotFoundException))
        {
            throw new ContentNotFoundException(cid, $"None of {string.Join(", ", _sources.Select(s => s.Name))}");
        }

        throw new ContentStoreException(
            $"No source gave {cid}. {string.Join(" ", failures.Select(f => f.Message))}",
            failures.Exists(f => f.IsTransient), failures.Find(f => f is ContentCorruptException) ?? failures[0]);
    }
}
