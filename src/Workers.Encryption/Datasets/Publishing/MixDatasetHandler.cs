using System.Text.Json;
using ContentStore;
using Mechanisms.Datasets;
using Mechanisms.Trifork;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Encryption.Sealing;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Messaging;

namespace Workers.Encryption.Datasets.Publishing;

/// <summary>Mix and seal a dataset.</summary>
public sealed record MixDataset(Guid DatasetId);

/// <summary>Mixes a dataset with decoys and seals it into one blob on this machine. Run again, it begins anew under another key and another seed.</summary>
public sealed class MixDatasetHandler(
    EncryptionDb db, KeyVault vault, DatasetSource source, Decoys decoys, DatasetProgress progress, TemporaryArea temporary, IOptions<DatasetOptions> options) : IHandler<MixDataset>
{
    /// <inheritdoc/>
    public async Task HandleAsync(MixDataset message, CancellationToken cancellationToken)
    {
        var dataset = await db.Datasets.FindAsync([message.DatasetId], cancellationToken)
            ?? throw new RejectedException($"The dataset {message.DatasetId} is not in this database.");
        if (dataset.State != DatasetState.Mixing)
        {
            return;
        }

        try
        {
            await MixAsync(dataset, cancellationToken);
        }
        catch (Exception e) when (e is DatasetFileException or DatasetSourceException)
        {
            (dataset.State, dataset.Problem) = (DatasetState.Failed, e.Message);
        }
    }

    private async Task MixAsync(DatasetRow dataset, CancellationToken cancellationToken)
    {
        var draft = JsonSerializer.Deserialize<DatasetDraft>(dataset.Draft)!;
        var path = await source.PrepareAsync(dataset.Id, draft, cancellationToken);
        var format = await FormatAsync(draft, path, cancellationToken);
        using var key = Secret.Random(SeedVault.Length);
        using var seed = Secret.Random(SeedVault.Length);
        var waiting = temporary.NewPath();
        Directory.CreateDirectory(waiting);
        try
        {
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            await using var hashed = new HashingStream(file);
            var units = new UnitReader(draft.FileName, hashed, format);
            using var watching = progress.Watch(dataset.Id, () => new StepProgress(units.Length, file.Length));
            var bits = BucketFiles.BitsFor(file.Length, options.Value.DecoyShare);
            var mixing = new Mixing(format, options.Value.DecoyShare, bits, TriforkParameters.Default());
            var blob = await MixedBlob.SealAsync(
                mixing, units, decoys.ForAsync(dataset, path, format, cancellationToken), Decoys.ContextOf(dataset), key, seed, source.Blob(dataset.Id), waiting, cancellationToken);
            var hash = (await hashed.CompleteAsync(cancellationToken)).ToString();
            if (await db.Datasets.AsNoTracking().FirstOrDefaultAsync(d => d.ContentHash == hash && d.Id != dataset.Id, cancellationToken) is { } same)
            {
                throw new DatasetSourceException($"These are the bytes of the dataset {same.Id}{(same.TokenId is { } token ? $", whose token is {token}" : "")}. A second token of the same data would be worth nothing.");
            }

            vault.Keep(dataset, blob, hash, key, seed);
        }
        finally
        {
            Directory.Delete(waiting, recursive: true);
        }

        (dataset.State, dataset.Problem) = (DatasetState.Mixed, null);
        db.Publish(new UploadDataset(dataset.Id));
    }

    private static async Task<UnitFormat> FormatAsync(DatasetDraft draft, string path, CancellationToken cancellationToken)
    {
        if (draft.Format != "csv")
        {
            return StoredPlan.FormatOf(draft.Format, draft.BlockSize);
        }

        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        return new UnitFormat.Records(await UnitReader.CountColumnsAsync(draft.FileName, file, cancellationToken));
    }
}
