namespace ContentStore.UnixFs;

/// <summary>
/// Reads a file whose blocks come from elsewhere, in order, fetching some blocks ahead. Sizes are checked before content: a child
/// must have exactly the size that its parent declares, so no more than the root's declared size can ever come out.
/// </summary>
internal sealed class FetchedStream : Stream
{
    /// <summary>Levels of inner nodes that are followed. The profile reaches 1 EiB with four; other layouts need some more.</summary>
    public const int MaxDepth = 32;

    private readonly Func<Cid, CancellationToken, Task<byte[]>> _fetch;
    private readonly int _readAhead;
    private readonly CancellationTokenSource _disposed = new();
    private readonly List<Pending> _stack = [];
    private ReadOnlyMemory<byte> _current;
    private long _position;
    private int _underWay;

    private FetchedStream(Func<Cid, CancellationToken, Task<byte[]>> fetch, int readAhead)
    {
        _fetch = fetch;
        _readAhead = readAhead;
    }

    /// <summary>Fetches the root and checks what it declares.</summary>
    /// <param name="root">The file's CID.</param>
    /// <param name="maxBytes">A root that declares more is refused.</param>
    /// <param name="fetch">Gives the verified bytes of one block.</param>
    /// <param name="readAhead">Blocks to fetch at the same time.</param>
    /// <param name="cancellationToken">Stops waiting for the root.</param>
    public static async Task<FetchedStream> OpenAsync(
        Cid root, long maxBytes, Func<Cid, CancellationToken, Task<byte[]>> fetch, int readAhead, CancellationToken cancellationToken)
    {
        var block = await fetch(root, cancellationToken);
        var size = root.Codec == CidCodec.Raw ? block.Length : FileNode.Decode(root, block).Size;
        if (size > maxBytes)
        {
            throw new ContentTooLargeException(root, size, maxBytes);
        }

        var stream = new FetchedStream(fetch, readAhead) { Size = size };
        stream.Expand(new Pending(root, size, 0), block);
        return stream;
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => Size;

    public override long Position { get => _position; set => throw new NotSupportedException(); }

    private long Size { get; init; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_current.IsEmpty && _stack.Count > 0)
        {
            await NextAsync(cancellationToken);
        }

        var count = Math.Min(buffer.Length, _current.Length);
        _current[..count].CopyTo(buffer);
        _current = _current[count..];
        _position += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("Content from the network is read asynchronously.");

    public override void Flush()
    {
        // Nothing is ever written.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _disposed.Cancel();
            foreach (var pending in _stack)
            {
                // Nobody will await these any more; their failures are of no interest once the reader has gone.
                _ = pending.Fetch?.ContinueWith(static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            }

            _stack.Clear();
            _disposed.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task NextAsync(CancellationToken cancellationToken)
    {
        FetchAhead();
        var next = _stack[^1];
        var block = await next.Fetch!.WaitAsync(cancellationToken);
        _stack.RemoveAt(_stack.Count - 1);
        _underWay--;
        Expand(next, block);
    }

    private void FetchAhead()
    {
        for (var i = _stack.Count - 1; i >= 0 && (_underWay < _readAhead || i == _stack.Count - 1); i--)
        {
            if (_stack[i].Fetch is null)
            {
                _stack[i].Fetch = _fetch(_stack[i].Cid, _disposed.Token);
                _underWay++;
            }
        }
    }

    private void Expand(Pending pending, byte[] block)
    {
        if (pending.Cid.Codec == CidCodec.Raw)
        {
            Check(pending, block.Length);
            _current = block;
            return;
        }

        var node = FileNode.Decode(pending.Cid, block);
        Check(pending, node.Size);
        if (node.Children.Count > 0 && pending.Depth >= MaxDepth)
        {
            throw new ContentMalformedException(pending.Cid, $"it lies {pending.Depth} levels deep and still has children");
        }

        _current = node.Data;
        for (var i = node.Children.Count - 1; i >= 0; i--)
        {
            var (cid, size) = node.Children[i];
            _stack.Add(new Pending(cid, size, pending.Depth + 1));
        }
    }

    private static void Check(Pending pending, long size)
    {
        if (size != pending.Size)
        {
            throw new ContentMalformedException(pending.Cid, $"it has {size} bytes of content, but its parent declares {pending.Size}");
        }
    }

    private sealed class Pending(Cid cid, long size, int depth)
    {
        public Cid Cid { get; } = cid;

        public long Size { get; } = size;

        public int Depth { get; } = depth;

        public Task<byte[]>? Fetch { get; set; }
    }
}
