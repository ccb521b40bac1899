using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace ContentStore.UnixFs;

/// <summary>
/// A write-only stream that computes the CID of what is written to it, and optionally writes it to a file, in one pass. Leaves are hashed and written on the thread pool while the caller produces the next ones; when the pool is
/// behind, the caller does the work itself, so nothing ever blocks and at most <see cref="MaxPending"/> leaves wait.
/// Memory: a few MiB, and 32 bytes per MiB written. As a buffer writer it hands out the leaf itself, so that who makes the bytes
/// makes them in their place.
/// </summary>
public sealed class DagStream : Stream, IBufferWriter<byte>
{
    private const int MaxPending = 3;

    private readonly SafeFileHandle? _file;
    private readonly Queue<Task> _pending = new();
    private byte[] _digests = new byte[64 * SHA256.HashSizeInBytes];
    private byte[]? _leaf;
    private byte[] _acrossLeaves = [];
    private bool _handedAcross;
    private int _filled;
    private int _leafCount;
    private long _length;
    private bool _completed;
    private volatile bool _failed;

    /// <param name="file">Where the bytes also go, from offset 0; stays open and is not flushed. Null to compute the CID alone.</param>
    public DagStream(SafeFileHandle? file = null) => _file = file;

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => _length;

    /// <inheritdoc/>
    public override long Position { get => _length; set => throw new NotSupportedException(); }

    /// <summary>Ends the content, waits for the leaves under way and gives the file's DAG. The file is written but not synced.</summary>
    public async Task<FileDag> CompleteAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_completed, this);
        cancellationToken.ThrowIfCancellationRequested();
        _completed = true;
        if (_filled > 0 || _length == 0)
        {
            _leaf ??= ArrayPool<byte>.Shared.Rent(UnixFsProfile.LeafSize);
            EndLeaf();
        }

        await DrainAsync();
        if (_failed)
        {
            throw new InvalidOperationException("A write to this stream failed earlier, so its content is incomplete.");
        }

        return FileDag.FromLeaves(_length, _digests.AsSpan(0, _leafCount * SHA256.HashSizeInBytes));
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_completed, this);
        while (buffer.Length > 0)
        {
            var room = RoomInLeaf();
            var part = buffer[..Math.Min(buffer.Length, room.Length)];
            part.CopyTo(room.Span);
            AdvanceInLeaf(part.Length);
            buffer = buffer[part.Length..];
        }
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        ObjectDisposedException.ThrowIf(_completed, this);
        var room = RoomInLeaf();
        _handedAcross = sizeHint > room.Length;
        if (!_handedAcross)
        {
            return room;
        }

        if (_acrossLeaves.Length < sizeHint)
        {
            _acrossLeaves = new byte[sizeHint];
        }

        return _acrossLeaves;
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ObjectDisposedException.ThrowIf(_completed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _handedAcross ? _acrossLeaves.Length : UnixFsProfile.LeafSize - _filled);
        if (_handedAcross)
        {
            _handedAcross = false;
            Write(_acrossLeaves.AsSpan(0, count));
        }
        else
        {
            AdvanceInLeaf(count);
        }
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override void Flush()
    {
        // A leaf is written when it is full or the content ends; there is nothing that could be flushed earlier.
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Waits for the leaves under way, so that the file handle can be closed afterwards.</summary>
    public override async ValueTask DisposeAsync()
    {
        _completed = true;
        await Task.WhenAll(_pending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.DisposeAsync();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _completed = true;
        if (disposing && _leaf is not null)
        {
            ArrayPool<byte>.Shared.Return(_leaf);
            _leaf = null;
        }

        base.Dispose(disposing);
    }

    /// <summary>The rest of the leaf, never empty.</summary>
    private Memory<byte> RoomInLeaf()
    {
        _leaf ??= ArrayPool<byte>.Shared.Rent(UnixFsProfile.LeafSize);
        return _leaf.AsMemory(_filled, UnixFsProfile.LeafSize - _filled);
    }

    private void AdvanceInLeaf(int count)
    {
        _filled += count;
        _length += count;
        if (_filled == UnixFsProfile.LeafSize)
        {
            EndLeaf();
        }
    }

    private void EndLeaf()
    {
        var leaf = _leaf!;
        var length = _filled;
        var index = _leafCount++;
        _leaf = null;
        _filled = 0;

        if (_digests.Length < _leafCount * SHA256.HashSizeInBytes)
        {
            // Leaves under way copy their digests into this array.
            lock (_pending)
            {
                Array.Resize(ref _digests, _digests.Length * 2);
            }
        }

        while (_pending.TryPeek(out var oldest) && oldest.IsCompleted)
        {
            _pending.Dequeue().GetAwaiter().GetResult();
        }

        if (_pending.Count < MaxPending)
        {
            _pending.Enqueue(Task.Run(() => HashAndWrite(leaf, length, index)));
        }
        else
        {
            HashAndWrite(leaf, length, index);
        }
    }

    private void HashAndWrite(byte[] leaf, int length, int index)
    {
        var done = false;
        try
        {
            Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(leaf.AsSpan(0, length), digest);
            if (_file is not null)
            {
                RandomAccess.Write(_file, leaf.AsSpan(0, length), (long)index * UnixFsProfile.LeafSize);
            }

            lock (_pending)
            {
                digest.CopyTo(_digests.AsSpan(index * SHA256.HashSizeInBytes));
            }

            done = true;
        }
        finally
        {
            _failed |= !done;
            ArrayPool<byte>.Shared.Return(leaf);
        }
    }

    private async Task DrainAsync()
    {
        while (_pending.TryDequeue(out var task))
        {
            await task;
        }
    }
}
