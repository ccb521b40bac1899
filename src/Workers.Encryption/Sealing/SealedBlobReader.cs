using ContentStore;
using Ethereum;
using Microsoft.Extensions.Options;
using Workers.Encryption.Buying;
using Workers.Encryption.Market;
using Workers.Hosting.Cryptography;

namespace Workers.Encryption.Sealing;

/// <summary>Fetches a listed blob and opens it, checking it against CID, recorded hash and key on the way.</summary>
public sealed class SealedBlobReader(IContentStore content, IOptions<BuyingOptions> buying, IOptions<EncryptionOptions> encryption)
{
    /// <summary>Puts the period's files into a folder, all of them or none; a folder that is there already holds them and stays.</summary>
    /// <exception cref="SealedBlobException">The blob is not the recorded one or does not open with this key.</exception>
    /// <exception cref="ContentStoreException">The blob cannot be had.</exception>
    public async Task<OpenedSpace> OpenAsync(ListedSealRow seal, Secret key, string folder, CancellationToken cancellationToken)
    {
        await using var blob = await FetchAsync(seal, cancellationToken);
        await using var hashed = new HashingStream(blob);
        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        var attempt = $"{folder}.{Guid.NewGuid():N}";
        try
        {
            var opened = await Opener.OpenAsync(
                hashed, key, PeriodContext.Of(seal), attempt, new OpenLimits { MaxBytes = buying.Value.MaxBytes }, cancellationToken);
            CheckHash(seal, hashed);
            KeepFirst(attempt, folder);
            return opened;
        }
        finally
        {
            Remove(attempt);
        }
    }

    /// <summary>Checks that a blob is there, is the recorded one and, with its key, opens. Keeps nothing.</summary>
    /// <param name="key">Null checks the blob alone.</param>
    /// <exception cref="SealedBlobException">The blob is not the recorded one or does not open with this key.</exception>
    /// <exception cref="ContentStoreException">The blob cannot be had.</exception>
    public async Task CheckAsync(ListedSealRow seal, Secret? key, CancellationToken cancellationToken)
    {
        if (key is null)
        {
            await using var blob = await FetchAsync(seal, cancellationToken);
            await using var hashed = new HashingStream(blob);
            await hashed.CopyToAsync(Stream.Null, cancellationToken);
            CheckHash(seal, hashed);
            return;
        }

        var folder = encryption.Value.InspectionFolder(Guid.NewGuid());
        try
        {
            await OpenAsync(seal, key, folder, cancellationToken);
        }
        finally
        {
            Remove(folder);
        }
    }

    private Task<Stream> FetchAsync(ListedSealRow seal, CancellationToken cancellationToken) =>
        content.OpenAsync(Cid.Parse(seal.Cid), buying.Value.MaxBytes, cancellationToken);

    private static void CheckHash(ListedSealRow seal, HashingStream hashed)
    {
        var found = hashed.Complete();
        if (found != Hash32.Parse(seal.ContentHash))
        {
            throw new SealedBlobException(
                SealedBlobError.WrongHash, $"The blob {seal.Cid} has the hash {found}; the owner recorded {seal.ContentHash}.");
        }
    }

    /// <summary>
    /// The same message may be handled twice at once, and may have been handled before a kill: a folder gets its name only when all
    /// of it is checked, so the one that is there already holds the same files and is never taken away again.
    /// </summary>
    private static void KeepFirst(string attempt, string folder)
    {
        try
        {
            Directory.Move(attempt, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
        }
    }

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
