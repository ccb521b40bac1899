using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;
using Workers.Hosting.Cryptography;

namespace Workers.Encryption.Sealing;

/// <summary>Takes plaintext and writes a sealed blob, chunk by chunk, with two buffers of one chunk each and no allocation per chunk.</summary>
internal sealed class ChunkWriter : IDisposable
{
    private const int BrotliQuality = 1;
    private const int BrotliWindow = 18; // 2^18 bytes, a default chunk

    private readonly IBufferWriter<byte> _output;
    private readonly AesGcm _cipher;
    private readonly byte[] _header = new byte[SealedBlobFormat.HeaderLength];
    private readonly byte[] _plain;
    private readonly byte[] _compressed;
    private readonly bool _compresses;
    private int _filled;
    private long _number;

    /// <param name="output">Where the blob goes. Chunks are encrypted right into its memory.</param>
    /// <param name="key">The period's key, 32 bytes.</param>
    /// <param name="context">What the blob belongs to.</param>
    /// <param name="salt">32 bytes, random and new for every blob.</param>
    /// <param name="chunkSize">Plaintext per chunk in bytes, a power of two.</param>
    /// <param name="compresses">Whether chunks that can be are compressed; browsers cannot undo it.</param>
    public ChunkWriter(
        IBufferWriter<byte> output, Secret key, BlobContext context, ReadOnlySpan<byte> salt, int chunkSize = SealedBlobFormat.DefaultChunkSize, bool compresses = true)
    {
        _output = output;
        _compresses = compresses;
        _plain = new byte[chunkSize];
        _compressed = new byte[chunkSize];
        SealedBlobFormat.WriteHeader(_header, chunkSize, salt, context);
        _cipher = SealedBlobFormat.DeriveCipher(key, _header);
        SealedBlobFormat.SignHeader(_cipher, _header);
        _output.Write(_header);
    }

    /// <summary>Plaintext taken so far, in bytes.</summary>
    public long PlainBytes { get; private set; }

    /// <summary>Room for the next plaintext, never empty; say with <see cref="Advance"/> how much of it was filled.</summary>
    public Span<byte> GetSpan()
    {
        // A full chunk waits until it is known whether it is the last.
        if (_filled == _plain.Length)
        {
            WriteChunk(ChunkFlags.None);
        }

        return _plain.AsSpan(_filled);
    }

    public void Advance(int count)
    {
        _filled += count;
        PlainBytes += count;
    }

    public void Write(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            var room = GetSpan();
            var part = data[..Math.Min(room.Length, data.Length)];
            part.CopyTo(room);
            Advance(part.Length);
            data = data[part.Length..];
        }
    }

    /// <summary>Writes the last chunk.</summary>
    public void Complete() => WriteChunk(ChunkFlags.Last);

    public void Dispose() => _cipher.Dispose();

    private void WriteChunk(ChunkFlags flags)
    {
        ReadOnlySpan<byte> stored = _plain.AsSpan(0, _filled);
        if (TryCompress(stored, out var compressed))
        {
            stored = compressed;
            flags |= ChunkFlags.Compressed;
        }

        Span<byte> nonce = stackalloc byte[SealedBlobFormat.NonceLength];
        Span<byte> associatedData = stackalloc byte[SealedBlobFormat.AssociatedDataLength];
        var length = SealedBlobFormat.ChunkHeaderLength + stored.Length + SealedBlobFormat.TagLength;
        var chunk = _output.GetSpan(length)[..length];
        var chunkHeader = chunk[..SealedBlobFormat.ChunkHeaderLength];
        var body = chunk[SealedBlobFormat.ChunkHeaderLength..];
        SealedBlobFormat.WriteChunkHeader(chunkHeader, flags, stored.Length);
        SealedBlobFormat.WriteNonce(nonce, _number);
        SealedBlobFormat.WriteAssociatedData(associatedData, _header, _number, chunkHeader);

        _cipher.Encrypt(nonce, stored, body[..stored.Length], body[stored.Length..], associatedData);
        _output.Advance(length);
        _filled = 0;
        _number++;
    }

    private bool TryCompress(ReadOnlySpan<byte> plain, out ReadOnlySpan<byte> compressed)
    {
        compressed = default;
        if (!_compresses)
        {
            return false;
        }

        // Less than a sixteenth saved is not worth the time that opening takes.
        var worthwhile = plain.Length - (plain.Length / 16) - 1;
        if (worthwhile <= 0 || CompressionProbe.LooksRandom(plain)
            || !BrotliEncoder.TryCompress(plain, _compressed.AsSpan(0, worthwhile), out var length, BrotliQuality, BrotliWindow))
        {
            return false;
        }

        compressed = _compressed.AsSpan(0, length);
        return true;
    }
}
