using ContentStore.UnixFs;
using Ethereum;

namespace Workers.Encryption.Sealing;

/// <summary>Reads through to another stream and computes the <see cref="ContentHash"/> of what came out of it.</summary>
internal sealed class HashingStream(Stream inner) : Stream
{
    private readonly DagStream pieces = new();

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => inner.Length;

    public override long Position { get => inner.Position; set => throw new NotSupportedException(); }

    /// <summary>Hash of everything that was read. Nothing can be read afterwards.</summary>
    public async Task<Hash32> CompleteAsync(CancellationToken cancellationToken) => ContentHash.Of(await pieces.CompleteAsync(cancellationToken));

    public override int Read(Span<byte> buffer)
    {
        var read = inner.Read(buffer);
        pieces.Write(buffer[..read]);
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken);
        pieces.Write(buffer.Span[..read]);
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await pieces.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            pieces.Dispose();
        }

        base.Dispose(disposing);
    }
}
