using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using Ethereum;
using Workers.Encryption.Sealing;
using Workers.Hosting.Cryptography;

namespace Workers.Encryption.Tests.Sealing;

public sealed class SealedBlobTests : SealingFixture
{
    private const int ChunkSize = SealedBlobFormat.MinChunkSize;
    private const int HeaderLength = SealedBlobFormat.HeaderLength;
    private const int StoredChunk = SealedBlobFormat.ChunkHeaderLength + ChunkSize + SealedBlobFormat.TagLength;

    [Fact]
    public async Task Plaintext_of_any_size_and_kind_comes_back()
    {
        const int seed = 20261121;
        var random = new Random(seed);
        int[] sizes = [0, 1, ChunkSize - 1, ChunkSize, ChunkSize + 1, 2 * ChunkSize, (3 * ChunkSize) + 7, .. Enumerable.Range(0, 30).Select(_ => random.Next(5 * ChunkSize))];
        foreach (var size in sizes)
        {
            var plaintext = Random(size, random);
            if (random.Next(2) == 0)
            {
                plaintext.AsSpan(0, size / 2).Fill((byte)'a');
            }

            var opened = await OpenPlaintextAsync(SealPlaintext(plaintext));
            Assert.True(plaintext.AsSpan().SequenceEqual(opened), $"seed {seed}, {size} bytes");
        }
    }

    [Fact]
    public async Task A_blob_that_arrives_in_pieces_of_one_byte_opens()
    {
        var plaintext = Random(2 * ChunkSize);
        using var trickle = new TrickleStream(SealPlaintext(plaintext));
        Assert.Equal(plaintext, await OpenPlaintextAsync(trickle));
    }

    [Fact]
    public async Task A_bit_flipped_anywhere_in_the_header_is_refused()
    {
        var blob = SealPlaintext(Random(100));
        for (var i = 0; i < HeaderLength * 8; i++)
        {
            var changed = (byte[])blob.Clone();
            changed[i / 8] ^= (byte)(1 << (i % 8));
            await RefusalAsync(changed);
        }
    }

    [Fact]
    public async Task A_byte_changed_anywhere_in_the_chunks_is_refused()
    {
        const int seed = 3;
        var random = new Random(seed);
        // One stored, one compressed and one short last chunk.
        byte[] plaintext = [.. Random(ChunkSize, random), .. new byte[ChunkSize], .. Random(500, random)];
        var blob = SealPlaintext(plaintext);
        for (var i = HeaderLength; i < blob.Length; i++)
        {
            var changed = (byte[])blob.Clone();
            changed[i] ^= (byte)random.Next(1, 256);
            Assert.True(await RefusalAsync(changed) is SealedBlobError.DamagedChunk or SealedBlobError.Truncated, $"seed {seed}, byte {i}");
        }
    }

    [Fact]
    public async Task A_blob_cut_anywhere_is_refused_as_truncated()
    {
        var blob = SealPlaintext(Random((2 * ChunkSize) + 10));
        for (var length = 0; length < blob.Length; length += 1 + (length % 7))
        {
            Assert.Equal(SealedBlobError.Truncated, await RefusalAsync(blob[..length]));
        }
    }

    [Fact]
    public async Task Chunks_that_are_swapped_repeated_left_out_or_spliced_are_refused()
    {
        var blob = SealPlaintext(Random(3 * ChunkSize));
        var other = SealPlaintext(Random(3 * ChunkSize), salt: 2);
        var header = blob[..HeaderLength];
        byte[] Chunk(byte[] from, int number) => from[(HeaderLength + (number * StoredChunk))..(HeaderLength + ((number + 1) * StoredChunk))];

        byte[][] mixed =
        [
            [.. header, .. Chunk(blob, 1), .. Chunk(blob, 0), .. Chunk(blob, 2)],
            [.. header, .. Chunk(blob, 0), .. Chunk(blob, 0), .. Chunk(blob, 1), .. Chunk(blob, 2)],
            [.. header, .. Chunk(blob, 0), .. Chunk(blob, 2)],
            [.. header, .. Chunk(blob, 2)],
            [.. header, .. Chunk(blob, 0), .. Chunk(other, 1), .. Chunk(blob, 2)],
            [.. other[..HeaderLength], .. blob[HeaderLength..]],
        ];
        foreach (var bytes in mixed)
        {
            Assert.Equal(SealedBlobError.DamagedChunk, await RefusalAsync(bytes));
        }

        byte[] inOrder = [.. header, .. Chunk(blob, 0), .. Chunk(blob, 1), .. Chunk(blob, 2)];
        await OpenPlaintextAsync(inOrder);
    }

    [Fact]
    public async Task A_middle_chunk_marked_as_the_last_is_refused()
    {
        var blob = SealPlaintext(Random(2 * ChunkSize));
        blob[HeaderLength] |= (byte)ChunkFlags.Last;
        Assert.Equal(SealedBlobError.DamagedChunk, await RefusalAsync(blob[..(HeaderLength + StoredChunk)]));
    }

    [Fact]
    public async Task Bytes_after_the_last_chunk_are_refused() =>
        Assert.Equal(SealedBlobError.TrailingBytes, await RefusalAsync([.. SealPlaintext(Random(10)), 0]));

    [Fact]
    public async Task Every_part_of_the_context_is_bound()
    {
        var blob = SealPlaintext(Random(10));
        SealContext[] others = [Context with { ApplicationId = Hash32.Zero }, Context with { Owner = Address.Zero }, Context with { Tag = Hash32.Zero }, Context with { Period = 8 }];
        foreach (var other in others)
        {
            var error = await Assert.ThrowsAsync<SealedBlobException>(() => ChunkReader.OpenAsync(new MemoryStream(blob), Key, other, Cancellation));
            Assert.Equal(SealedBlobError.WrongContext, error.Error);

            // Neither does it help to put the other context's hash into the header.
            var forged = (byte[])blob.Clone();
            SealedBlobFormat.WriteHeader(forged, ChunkSize, blob.AsSpan(16, 32), other);
            error = await Assert.ThrowsAsync<SealedBlobException>(() => ChunkReader.OpenAsync(new MemoryStream(forged), Key, other, Cancellation));
            Assert.Equal(SealedBlobError.WrongKey, error.Error);
        }
    }

    [Fact]
    public async Task Another_key_is_named_as_the_reason()
    {
        using var other = Secret.Random(32);
        var error = await Assert.ThrowsAsync<SealedBlobException>(() => ChunkReader.OpenAsync(new MemoryStream(SealPlaintext([1])), other, Context, Cancellation));
        Assert.Equal(SealedBlobError.WrongKey, error.Error);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(2048)]
    [InlineData(5000)]
    [InlineData(8 << 20)]
    [InlineData(int.MaxValue)]
    public async Task A_chunk_size_that_would_take_too_much_memory_or_is_odd_is_refused(int chunkSize)
    {
        var blob = SealPlaintext([1]);
        BinaryPrimitives.WriteInt32BigEndian(blob.AsSpan(12), chunkSize);
        Assert.Equal(SealedBlobError.NotASealedBlob, await RefusalAsync(blob));
    }

    [Fact]
    public async Task A_decompression_bomb_by_the_sealer_stops_at_one_chunk()
    {
        var bomb = new byte[200_000];
        Assert.True(BrotliEncoder.TryCompress(new byte[100_000_000], bomb, out var length));
        Assert.True(length < ChunkSize);
        Assert.Equal(SealedBlobError.UnsafeContent, await RefusalAsync(Forge((ChunkFlags.Last | ChunkFlags.Compressed, bomb[..length]))));
    }

    [Fact]
    public async Task Compressed_bytes_that_are_no_brotli_are_refused() =>
        Assert.Equal(SealedBlobError.UnsafeContent, await RefusalAsync(Forge((ChunkFlags.Last | ChunkFlags.Compressed, Random(100)))));

    [Fact]
    public async Task Chunks_shorter_than_declared_are_refused_even_when_the_sealer_made_them()
    {
        Assert.Equal(SealedBlobError.UnsafeContent, await RefusalAsync(Forge((ChunkFlags.None, new byte[10]), (ChunkFlags.Last, new byte[10]))));
        Assert.Equal(SealedBlobError.UnsafeContent, await RefusalAsync(Forge((ChunkFlags.None, new byte[ChunkSize]), (ChunkFlags.Last, []))));
        Assert.Equal(SealedBlobError.UnsafeContent, await RefusalAsync(Forge((ChunkFlags.None, []), (ChunkFlags.None, []))));
    }

    [Fact]
    public async Task Unknown_flags_and_lengths_above_the_chunk_size_are_refused()
    {
        Assert.Equal(SealedBlobError.DamagedChunk, await RefusalAsync(Forge(((ChunkFlags)4, new byte[10]))));
        Assert.Equal(SealedBlobError.DamagedChunk, await RefusalAsync(Forge((ChunkFlags.Last, new byte[ChunkSize + 1]))));
    }

    [Fact]
    public async Task Random_bytes_are_no_sealed_blob() =>
        Assert.Equal(SealedBlobError.NotASealedBlob, await RefusalAsync(Random(10_000)));

    /// <summary>A blob whose chunks are sealed properly, with flags and stored bytes as given.</summary>
    private byte[] Forge(params (ChunkFlags Flags, byte[] Stored)[] chunks)
    {
        var header = new byte[HeaderLength];
        SealedBlobFormat.WriteHeader(header, ChunkSize, new byte[32], Context);
        using var cipher = SealedBlobFormat.DeriveCipher(Key, header);
        SealedBlobFormat.SignHeader(cipher, header);
        List<byte> blob = [.. header];
        for (var number = 0; number < chunks.Length; number++)
        {
            var (flags, stored) = chunks[number];
            var chunkHeader = new byte[SealedBlobFormat.ChunkHeaderLength];
            var nonce = new byte[SealedBlobFormat.NonceLength];
            var associatedData = new byte[SealedBlobFormat.AssociatedDataLength];
            var body = new byte[stored.Length + SealedBlobFormat.TagLength];
            SealedBlobFormat.WriteChunkHeader(chunkHeader, flags, stored.Length);
            SealedBlobFormat.WriteNonce(nonce, number);
            SealedBlobFormat.WriteAssociatedData(associatedData, header, number, chunkHeader);
            cipher.Encrypt(nonce, stored, body.AsSpan(0, stored.Length), body.AsSpan(stored.Length), associatedData);
            blob.AddRange(chunkHeader);
            blob.AddRange(body);
        }

        return [.. blob];
    }

    private static byte[] Random(int length, Random? random = null)
    {
        var bytes = new byte[length];
        (random ?? new Random(length)).NextBytes(bytes);
        return bytes;
    }

    private sealed class TrickleStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, 1)], cancellationToken);
    }
}
