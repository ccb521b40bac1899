using System.Runtime.CompilerServices;
using ContentStore;
using Mechanisms.Datasets;
using Mechanisms.Trifork;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Encryption.Sealing;
using Workers.Hosting.Cryptography;

namespace Workers.Encryption.Datasets.Publishing;

/// <summary>
/// Units that are mixed into a dataset: those of this house's published datasets of the same format, the newest first, as they lie mixed in the store; when they do
/// not suffice, look-alikes.
/// </summary>
public sealed partial class Decoys(EncryptionDb db, IContentStore content, KeyVault vault, IOptions<DatasetOptions> options, ILogger<Decoys> logger)
{
    private const int Newest = 16;

    /// <summary>Without end.</summary>
    internal async IAsyncEnumerable<ReadOnlyMemory<byte>> ForAsync(
        DatasetRow dataset, string path, UnitFormat format, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var earlier = await db.Datasets.AsNoTracking().Where(d => d.State == DatasetState.Published && d.Id != dataset.Id)
            .OrderByDescending(d => d.CreatedAt).Take(Newest).ToListAsync(cancellationToken);
        foreach (var other in earlier)
        {
            await using var units = OfAsync(other, format, cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (await NextAsync(other, units))
            {
                yield return units.Current;
            }
        }

        await foreach (var unit in LookAlikes.OfAsync(Path.GetFileName(path), () => File.OpenRead(path), format, cancellationToken))
        {
            yield return unit;
        }
    }

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> OfAsync(DatasetRow dataset, UnitFormat format, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var secrets = vault.Open(dataset);
        if (secrets.Plan.Format != format)
        {
            yield break;
        }

        await using var blob = await content.OpenAsync(Cid.Parse(dataset.Cid!), checked(4 * options.Value.MaxBytes), cancellationToken);
        using var chunks = await ChunkReader.OpenAsync(blob, secrets.Key, ContextOf(dataset), cancellationToken);
        await using var opened = new OpeningStream(chunks);
        var reader = new UnitReader($"dataset {dataset.Id}", opened, format);
        while (await reader.ReadAsync(cancellationToken) is { } unit)
        {
            yield return unit;
        }
    }

    /// <summary>Another dataset that is damaged or away is no reason not to publish this one.</summary>
    private async Task<bool> NextAsync(DatasetRow dataset, IAsyncEnumerator<ReadOnlyMemory<byte>> units)
    {
        try
        {
            return await units.MoveNextAsync();
        }
        catch (Exception e) when (e is KeyVaultException or ContentStoreException or SealedBlobException or DatasetFileException)
        {
            LogLeftOut(logger, dataset.Id, e.Message);
            return false;
        }
    }

    internal static DatasetContext ContextOf(DatasetRow dataset) => new(Ethereum.Address.Parse(dataset.Publisher), dataset.Id);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The dataset {Dataset} gives no more decoys: {Reason}")]
    private static partial void LogLeftOut(ILogger logger, Guid dataset, string reason);
}
