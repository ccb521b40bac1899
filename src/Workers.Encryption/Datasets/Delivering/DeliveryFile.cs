using ContentStore.UnixFs;
using Workers.Encryption.Sealing;
using Workers.Hosting.Cryptography;

namespace Workers.Encryption.Datasets.Delivering;

/// <summary>
/// A dataset, sealed to whoever asked for it: "DMDELIVR" ‖ version (1 byte, 1) ‖ seven zeros ‖ the blob's key, sealed with HPKE to the request's public key
/// (113 bytes) ‖ the sealed blob. The request is bound to both, and no chunk is compressed, so that a browser can open it: docs/sealed-blob.md.
/// </summary>
public static class DeliveryFile
{
    private const int KeyLength = 32, MagicLength = 16, HeaderLength = MagicLength + Hpke.Overhead + KeyLength;

    private static ReadOnlySpan<byte> Magic => "DMDELIVR\u0001\0\0\0\0\0\0\0"u8;

    /// <summary>Seals what is written. The file is on disk when this returns, or gone when this fails.</summary>
    /// <exception cref="HpkeException">The public key is not a valid point.</exception>
    internal static async Task<FileDag> WriteAsync(
        string path, ReadOnlyMemory<byte> publicKey, DataRequestReference request, Func<Stream, Task> write, CancellationToken cancellationToken)
    {
        using var key = Secret.Random(KeyLength);
        byte[] header = [.. Magic, .. Hpke.Seal(publicKey.Span, request.Info(), aad: [], key.Reveal())];
        return await BlobFile.WriteAsync(
            path, key, request,
            async chunks =>
            {
                await using var plain = new SealingStream(chunks);
                await write(plain);
            },
            cancellationToken,
            header,
            compresses: false);
    }

    /// <summary>Opens a delivery.</summary>
    /// <param name="keyPair">Whose public key stands in the request.</param>
    /// <param name="input">Read once.</param>
    /// <param name="plain">Takes the dataset.</param>
    /// <exception cref="HpkeException">It is sealed to another key, or for another request.</exception>
    /// <exception cref="SealedBlobException">It is no delivery, or damaged.</exception>
    public static async Task OpenAsync(P256KeyPair keyPair, DataRequestReference request, Stream input, Stream plain, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(request);
        var header = new byte[HeaderLength];
        if (await input.ReadAtLeastAsync(header, HeaderLength, throwOnEndOfStream: false, cancellationToken) < HeaderLength || !header.AsSpan().StartsWith(Magic))
        {
            throw new SealedBlobException(SealedBlobError.NotASealedBlob, "This is no delivery of a dataset.");
        }

        using var key = Hpke.Open(keyPair, request.Info(), aad: [], header.AsSpan(MagicLength));
        using var chunks = await ChunkReader.OpenAsync(input, key, request, cancellationToken);
        await using var opened = new OpeningStream(chunks);
        await opened.CopyToAsync(plain, cancellationToken);
    }
}
