using ContentStore;
using Ethereum;
using Microsoft.Extensions.Options;
using Workers.Encryption.Buying;
using Workers.Encryption.Market;
using Workers.Hosting.Cryptography;

namespace Workers.Encryption.Sealing;

/// <summary>Fetches a listed blob and opens it, checking it against CID, recorded hash and key on the way.</summary>
public sealed class SealedBlobReader(IContentStore content, TemporaryArea opening, IOptions<BuyingOptions> buying)
{
    /// <summary>Puts the period's files into a folder, all of them or none; a folder that is there already holds them and stays.</summary>
    /// <exception cref="SealedBlobException">The blob is not the recorded one or does not open with this key.</exception>
    /// <exception cref="ContentStoreException">The blob cannot be had.</exception>
    public async Task<OpenedSpace> OpenAsync(ListedSealRow seal, Secret key, string folder, CancellationToken cancellationToken)
    {
        var attempt = opening.NewPath();
        try
        {
            var opened = await OpenCheckedAsync(seal, key, attempt, cancellationToken);
            Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
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
            await CheckHashAsync(seal, hashed, cancellationToken);
            return;
        }

        var folder = opening.NewPath();
        try
        {
            await OpenCheckedAsync(seal, key, folder, cancellationToken);
        }
        finally
        {
            Remove(folder);
        }
    }

    private async Task<OpenedSpace> OpenCheckedAsync(ListedSealRow seal, Secret key, string folder, CancellationToken cancellationToken)
    {
        await using var blob = await FetchAsync(seal, cancellationToken);
        await using var hashed = new HashingStream(blob);
        var limits = new OpenLimits { MaxBytes = buying.Value.MaxBytes };
        var opened = await Opener.OpenAsync(hashed, key, PeriodContext.Of(seal), folder, limits, cancellationToken);
        await CheckHashAsync(seal, hashed, cancellationToken);
        return opened;
    }

    private Task<Stream> FetchAsync(ListedSealRow seal, CancellationToken cancellationToken) =>
        content.OpenAsync(Cid.Parse(seal.Cid), buying.Value.MaxBytes, cancellationToken);

    private static async Task CheckHashAsync(ListedSealRow seal, HashingStream hashed, CancellationToken cancellationToken)
    {
        var found = await hashed.CompleteAsync(cancellationToken);
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
