using System.Buffers;
using ContentStore.UnixFs;

namespace ContentStore.Embedded;

/// <summary>Reads a stored file leaf by leaf; a leaf is handed out only after its digest was compared. Seekable.</summary>
internal sealed class EmbeddedStream(FileStream file, FileDag dag) : Stream
{
    private readonly byte[] _leaf = ArrayPool<byte>.Shared.Rent(UnixFsProfile.LeafSize);
    private int _loaded = -1;
    private long _position;
    private bool _disposed;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => dag.Size;

    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    public async Task<long> VerifyAsync(IProgress<long>? progress, CancellationToken cancellationToken)
    {
        for (var i = 0; i < dag.LeafCount; i++)
        {
            await LoadAsync(i, cancellationToken);
            progress?.Report((long)i * UnixFsProfile.LeafSize + dag.LeafLength(i));
        }

        return dag.Size;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_position >= dag.Size || buffer.IsEmpty)
        {
            return 0;
        }

        await LoadAsync(LeafIndex, cancellationToken);
        return Copy(buffer.Span);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_position >= dag.Size || buffer.IsEmpty)
        {
            return 0;
        }

        if (_loaded != LeafIndex)
        {
            file.Position = OffsetOf(LeafIndex);
            var leaf = BeginLoad(LeafIndex).Span;
            Check(LeafIndex, file.ReadAtLeast(leaf, leaf.Length, throwOnEndOfStream: false));
        }

        return Copy(buffer);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => dag.Size + offset,
    };

    public override void Flush()
    {
        // Nothing is ever written.
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            ArrayPool<byte>.Shared.Return(_leaf);
            file.Dispose();
        }

        base.Dispose(disposing);
    }

    private int LeafIndex => (int)(_position / UnixFsProfile.LeafSize);

    private static long OffsetOf(int leaf) => (long)leaf * UnixFsProfile.LeafSize;

    private async ValueTask LoadAsync(int index, CancellationToken cancellationToken)
    {
        if (_loaded != index)
        {
            file.Position = OffsetOf(index);
            var leaf = BeginLoad(index);
            Check(index, await file.ReadAtLeastAsync(leaf, leaf.Length, throwOnEndOfStream: false, cancellationToken));
        }
    }

    private Memory<byte> BeginLoad(int index)
    {
        _loaded = -1; // a load that fails leaves no verified bytes behind
        return _leaf.AsMemory(0, dag.LeafLength(index));
    }

    private void Check(int index, int read)
    {
        var expected = dag.Leaf(index);
        var bytes = _leaf.AsSpan(0, read);
        if (!expected.Matches(bytes))
        {
            throw new ContentCorruptException(expected, Cid.Of(CidCodec.Raw, bytes), $"'{file.Name}', block {index}");
        }

        _loaded = index;
    }

    private int Copy(Span<byte> buffer)
    {
        var within = (int)(_position % UnixFsProfile.LeafSize);
        var count = Math.Min(buffer.Length, dag.LeafLength(_loaded) - within);
        _leaf.AsSpan(within, count).CopyTo(buffer);
        _position += count;
        return count;
    }
}
