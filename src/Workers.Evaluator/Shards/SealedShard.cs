using System.Buffers.Binary;
using System.Security.Cryptography;
using ContentStore;
using Workers.Hosting.Cryptography;

namespace Workers.Evaluator.Shards;

/// <summary>
/// A shard as it lies in the content store, one raw block:
/// <code>
/// 8  ASCII "DMSSHRD1"     12  random nonce     n  ciphertext     16  tag (AES-256-GCM)     8  place
/// </code>
/// The retrieval key is the block's SHA-256, which is also the digest of its CID. Keys stand in ascending order, and a shard's place in that
/// order decides its salt and so its content key. The eight bytes at the end bring the hash to where the shard belongs: they are
/// counted up until the hash, read as a fraction of 1, falls into [i/n, (i+1)/n).
/// </summary>
public static class SealedShard
{
    /// <summary>What sealing adds, in bytes.</summary>
    public const int Overhead = MagicLength + NonceLength + TagLength + PlaceLength;

    /// <summary>Largest sealed shard: what fits one block of IPFS, 1 MiB.</summary>
    public const int MaxLength = 1 << 20;

    private const int MagicLength = 8, NonceLength = 12, TagLength = 16, PlaceLength = 8;

    private static ReadOnlySpan<byte> Magic => "DMSSHRD1"u8;

    /// <summary>Seals a shard for its place.</summary>
    /// <param name="shard">At most <see cref="MaxLength"/> less <see cref="Overhead"/> bytes.</param>
    /// <param name="key">32 bytes, of this place alone.</param>
    /// <param name="place">From 0.</param>
    /// <param name="count">How many shards there are.</param>
    public static byte[] Seal(ReadOnlySpan<byte> shard, Secret key, int place, int count)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (shard.Length > MaxLength - Overhead)
        {
            throw new ArgumentException($"A shard of {shard.Length} bytes does not fit one block when sealed; {MaxLength - Overhead} do.", nameof(shard));
        }

        ArgumentOutOfRangeException.ThrowIfNegative(place);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(place, count);
        var block = new byte[shard.Length + Overhead];
        Magic.CopyTo(block);
        var nonce = block.AsSpan(MagicLength, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var gcm = new AesGcm(key.Reveal(), TagLength);
        var body = block.AsSpan(MagicLength + NonceLength);
        gcm.Encrypt(nonce, shard, body[..shard.Length], body.Slice(shard.Length, TagLength), Magic);
        Put(block, place, count);
        return block;
    }

    /// <summary>Opens what a retrieval key led to.</summary>
    /// <exception cref="CryptographicException">It is no sealed shard, or does not open with this key.</exception>
    public static byte[] Open(ReadOnlySpan<byte> block, Secret key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (block.Length < Overhead || !block.StartsWith(Magic))
        {
            throw new CryptographicException("This is no sealed shard: it does not begin with DMSSHRD1.");
        }

        var shard = new byte[block.Length - Overhead];
        var body = block[(MagicLength + NonceLength)..];
        using var gcm = new AesGcm(key.Reveal(), TagLength);
        gcm.Decrypt(block.Slice(MagicLength, NonceLength), body[..shard.Length], body.Slice(shard.Length, TagLength), shard, Magic);
        return shard;
    }

    /// <summary>The block's CID, for its retrieval key.</summary>
    public static Cid CidOf(ReadOnlySpan<byte> retrievalKey) => new(CidCodec.Raw, retrievalKey);

    private static void Put(byte[] block, int place, int count)
    {
        using var sealedPart = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sealedPart.AppendData(block.AsSpan(..^PlaceLength));
        var bytes = block.AsSpan(^PlaceLength..);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        for (ulong tried = 0; ; tried++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, tried);
            using var whole = sealedPart.Clone();
            whole.AppendData(bytes);
            whole.GetHashAndReset(hash);
            if (Math.BigMul(BinaryPrimitives.ReadUInt64BigEndian(hash), (ulong)count, out _) == (ulong)place)
            {
                return;
            }
        }
    }
}
