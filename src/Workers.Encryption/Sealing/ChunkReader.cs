using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using Workers.Hosting.Cryptography;

namespace Workers.Encryption.Sealing;

/// <summary>Reads a sealed blob from a stream and gives its plaintext; no byte comes out before its chunk was authenticated.</summary>
internal sealed class ChunkReader : IDisposable
{
    private readonly Stream _input;
    private readonly byte[] _header;
    private readonly AesGcm _cipher;
    private readonly byte[] _sealed;
    private readonly byte[] _compressed;
    private readonly byte[] _plain;
    private int _taken;
    private int _filled;
    private long _number;
    private bool _lastSeen;

    private ChunkReader(Stream input, byte[] header, AesGcm cipher, int chunkSize)
    {
        _input = input;
        _header = header;
        _cipher = cipher;
        _sealed = new byte[chunkSize + SealedBlobFormat.TagLength];
        _compressed = new byte[chunkSize];
        _plain = new byte[chunkSize];
    }

    /// <summary>Reads and verifies the blob's header.</summary>
    /// <exception cref="SealedBlobException">No sealed blob, another context, or another key.</exception>
    public static async Task<ChunkReader> OpenAsync(Stream input, Secret key, BlobContext context, CancellationToken cancellationToken)
    {
        var header = new byte[SealedBlobFormat.HeaderLength];
        await ReadExactlyAsync(input, header, cancellationToken);
        var chunkSize = SealedBlobFormat.ReadHeader(header, context);
        var cipher = SealedBlobFormat.DeriveCipher(key, header);
        try
        {
            SealedBlobFormat.VerifyHeader(cipher, header);
            return new ChunkReader(input, header, cipher, chunkSize);
        }
        catch (SealedBlobException)
        {
            cipher.Dispose();
            throw;
        }
    }

    /// <summary>Reads plaintext; 0 only at the authenticated end of the blob.</summary>
    /// <exception cref="SealedBlobException">A chunk is damaged, the blob is cut, or something follows its end.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        while (_taken == _filled && !_lastSeen)
        {
            await ReadChunkAsync(cancellationToken);
        }

        var count = Math.Min(destination.Length, _filled - _taken);
        _plain.AsSpan(_taken, count).CopyTo(destination.Span);
        _taken += count;
        return count;
    }

    public void Dispose() => _cipher.Dispose();

    private async Task ReadChunkAsync(CancellationToken cancellationToken)
    {
        var chunkHeader = new byte[SealedBlobFormat.ChunkHeaderLength];
        await ReadExactlyAsync(_input, chunkHeader, cancellationToken);
        var flags = (ChunkFlags)chunkHeader[0];
        var length = BinaryPrimitives.ReadInt32BigEndian(chunkHeader.AsSpan(1));
        if ((flags & ~(ChunkFlags.Last | ChunkFlags.Compressed)) != ChunkFlags.None || length < 0 || length > _plain.Length)
        {
            throw Damaged();
        }

        var body = _sealed.AsMemory(0, length + SealedBlobFormat.TagLength);
        await ReadExactlyAsync(_input, body, cancellationToken);
        Decrypt(chunkHeader, flags, body.Span);
        _taken = 0;
        _number++;
        if (flags.HasFlag(ChunkFlags.Last))
        {
            _lastSeen = true;
            if (await _input.ReadAsync(_sealed.AsMemory(0, 1), cancellationToken) != 0)
            {
                throw new SealedBlobException(SealedBlobError.TrailingBytes, $"There are bytes after the blob's last chunk (number {_number - 1}).");
            }
        }
    }

    private void Decrypt(ReadOnlySpan<byte> chunkHeader, ChunkFlags flags, ReadOnlySpan<byte> body)
    {
        Span<byte> nonce = stackalloc byte[SealedBlobFormat.NonceLength];
        Span<byte> associatedData = stackalloc byte[SealedBlobFormat.AssociatedDataLength];
        SealedBlobFormat.WriteNonce(nonce, _number);
        SealedBlobFormat.WriteAssociatedData(associatedData, _header, _number, chunkHeader);

        var stored = body[..^SealedBlobFormat.TagLength];
        var compressed = flags.HasFlag(ChunkFlags.Compressed);
        var destination = compressed ? _compressed : _plain;
        try
        {
            _cipher.Decrypt(nonce, stored, body[stored.Length..], destination.AsSpan(0, stored.Length), associatedData);
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw Damaged(e);
        }

        _filled = stored.Length;

        // The sealer may be hostile too: decompression never writes past one chunk, and only the last chunk may be shorter.
        if (compressed && !TryDecompress(_compressed.AsSpan(0, stored.Length), out _filled))
        {
            throw new SealedBlobException(SealedBlobError.UnsafeContent, $"Chunk {_number} does not decompress into the {_plain.Length} bytes that a chunk may have.");
        }

        var mayBeShort = flags.HasFlag(ChunkFlags.Last) && (_filled > 0 || _number == 0);
        if (_filled != _plain.Length && !mayBeShort)
        {
            throw new SealedBlobException(SealedBlobError.UnsafeContent, $"Chunk {_number} holds {_filled} bytes instead of {_plain.Length}.");
        }
    }

    private bool TryDecompress(ReadOnlySpan<byte> compressed, out int length)
    {
        using var decoder = new BrotliDecoder();
        return decoder.Decompress(compressed, _plain, out var consumed, out length) == OperationStatus.Done && consumed == compressed.Length;
    }

    private SealedBlobException Damaged(Exception? inner = null) =>
        new(SealedBlobError.DamagedChunk, $"Chunk {_number} was changed, moved, repeated, left out or taken from another blob.", inner);

    private static async Task ReadExactlyAsync(Stream input, Memory<byte> destination, CancellationToken cancellationToken)
    {
        if (await input.ReadAtLeastAsync(destination, destination.Length, throwOnEndOfStream: false, cancellationToken) < destination.Length)
        {
            throw new SealedBlobException(SealedBlobError.Truncated, "The blob ends before its last chunk does.");
        }
    }
}
