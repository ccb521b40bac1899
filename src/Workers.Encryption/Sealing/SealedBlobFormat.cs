using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using Workers.Hosting.Cryptography;

namespace Workers.Encryption.Sealing;

/// <summary>Flags of a chunk; the other bits are zero.</summary>
[Flags]
internal enum ChunkFlags : byte
{
    None = 0,
    Last = 1,
    Compressed = 2,
}

/// <summary>The byte layout of a sealed blob, version 1 (docs/sealed-blob.md), and the keys and nonces that follow from it.</summary>
internal static class SealedBlobFormat
{
    public const int HeaderLength = AuthenticatedLength + TagLength;
    public const int ChunkHeaderLength = 5;
    public const int TagLength = 16;
    public const int SaltLength = 32;
    public const int DefaultChunkSize = 256 << 10;
    public const int MinChunkSize = 4 << 10;
    public const int MaxChunkSize = 4 << 20;

    /// <summary>Suite 1: HKDF-SHA256, AES-256-GCM, Brotli.</summary>
    private const byte Suite = 1;
    private const byte Version = 1;
    private const int AuthenticatedLength = 80;
    private const int ChunkSizeOffset = 12;
    private const int SaltOffset = 16;
    private const int ContextOffset = 48;

    private static ReadOnlySpan<byte> Magic => "DMSEALED"u8;

    public static void WriteHeader(Span<byte> header, int chunkSize, ReadOnlySpan<byte> salt, BlobContext context)
    {
        header.Clear();
        Magic.CopyTo(header);
        header[8] = Version;
        header[9] = Suite;
        BinaryPrimitives.WriteInt32BigEndian(header[ChunkSizeOffset..], chunkSize);
        salt.CopyTo(header[SaltOffset..]);
        context.Hash(header[ContextOffset..AuthenticatedLength]);
    }

    /// <summary>Checks everything in the header that needs no key and returns the chunk size in bytes.</summary>
    public static int ReadHeader(ReadOnlySpan<byte> header, BlobContext context)
    {
        if (!header[..8].SequenceEqual(Magic))
        {
            throw new SealedBlobException(SealedBlobError.NotASealedBlob, "This is no sealed blob: it does not start with \"DMSEALED\".");
        }

        if (header[8] != Version || header[9] != Suite || header[10] != 0 || header[11] != 0)
        {
            throw new SealedBlobException(
                SealedBlobError.NotASealedBlob, $"The blob is sealed in format {header[8]} with suite {header[9]}; this program reads format {Version} with suite {Suite}.");
        }

        var chunkSize = BinaryPrimitives.ReadInt32BigEndian(header[ChunkSizeOffset..]);
        if (chunkSize is < MinChunkSize or > MaxChunkSize || !BitOperations.IsPow2(chunkSize))
        {
            throw new SealedBlobException(
                SealedBlobError.NotASealedBlob, $"The blob declares chunks of {chunkSize} bytes; allowed are powers of two from {MinChunkSize} to {MaxChunkSize}.");
        }

        Span<byte> expected = stackalloc byte[32];
        context.Hash(expected);
        if (!header[ContextOffset..AuthenticatedLength].SequenceEqual(expected))
        {
            throw new SealedBlobException(
                SealedBlobError.WrongContext, $"The blob was sealed for something else than what was asked for ({context.Name}).");
        }

        return chunkSize;
    }

    /// <summary>Fresh for every blob because the salt is, so counting nonces never repeat even when a period is sealed again with its key.</summary>
    public static AesGcm DeriveCipher(Secret key, ReadOnlySpan<byte> header)
    {
        Span<byte> blobKey = stackalloc byte[32];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key.Reveal(), blobKey, header.Slice(SaltOffset, SaltLength), info: header[..AuthenticatedLength]);
        var cipher = new AesGcm(blobKey, TagLength);
        CryptographicOperations.ZeroMemory(blobKey);
        return cipher;
    }

    public static void SignHeader(AesGcm cipher, Span<byte> header) =>
        cipher.Encrypt(HeaderNonce, plaintext: [], ciphertext: [], header[AuthenticatedLength..], header[..AuthenticatedLength]);

    public static void VerifyHeader(AesGcm cipher, ReadOnlySpan<byte> header)
    {
        try
        {
            cipher.Decrypt(HeaderNonce, ciphertext: [], header[AuthenticatedLength..], plaintext: [], header[..AuthenticatedLength]);
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new SealedBlobException(SealedBlobError.WrongKey, "The blob does not open with this key, or its header was changed.", e);
        }
    }

    public static void WriteChunkHeader(Span<byte> header, ChunkFlags flags, int storedLength)
    {
        header[0] = (byte)flags;
        BinaryPrimitives.WriteInt32BigEndian(header[1..], storedLength);
    }

    /// <summary>Nonce of a chunk: 4 zero bytes ‖ number (8 bytes, big-endian).</summary>
    public static void WriteNonce(Span<byte> nonce, long number)
    {
        nonce.Clear();
        BinaryPrimitives.WriteInt64BigEndian(nonce[4..], number);
    }

    /// <summary>Associated data of a chunk, 45 bytes: context (32) ‖ number (8) ‖ the chunk's header (5).</summary>
    public static void WriteAssociatedData(Span<byte> associatedData, ReadOnlySpan<byte> blobHeader, long number, ReadOnlySpan<byte> chunkHeader)
    {
        blobHeader[ContextOffset..AuthenticatedLength].CopyTo(associatedData);
        BinaryPrimitives.WriteInt64BigEndian(associatedData[32..], number);
        chunkHeader.CopyTo(associatedData[40..]);
    }

    public const int AssociatedDataLength = 45;
    public const int NonceLength = 12;

    /// <summary>No chunk has it: chunk nonces start with four zero bytes.</summary>
    private static ReadOnlySpan<byte> HeaderNonce => [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
}
