using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Workers.Hosting.Transactions;

namespace Workers.Encryption.Datasets.Publishing;

/// <summary>What cannot be done with a dataset; the message says why.</summary>
public sealed class DatasetRefusedException(string message) : Exception(message);

/// <summary>What people do with their datasets: describe one, upload it, publish it, drop it.</summary>
public sealed class PublishDataset(EncryptionDb db, DatasetSource source, MainAccount account, TimeProvider clock)
{
    /// <summary>Describes a dataset.</summary>
    /// <param name="id">The caller's id for it: describing the same id again changes what is not published yet.</param>
    /// <exception cref="DatasetRefusedException">The draft is malformed, or the dataset is on its way already.</exception>
    public async Task<DatasetRow> DescribeAsync(Guid id, DatasetDraft draft, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(draft);
        if (draft.Problem() is { } problem)
        {
            throw new DatasetRefusedException(problem);
        }

        var json = JsonSerializer.Serialize(draft);
        var dataset = await db.Datasets.FindAsync([id], cancellationToken);
        if (dataset is not null && dataset.Draft != json)
        {
            if (dataset.State is not (DatasetState.Draft or DatasetState.Failed))
            {
                throw new DatasetRefusedException($"The dataset {id} is {dataset.State} already. Describe another one, under an id of its own.");
            }

            // What was mixed may be of another format.
            (dataset.Draft, dataset.Cid, dataset.ContentHash) = (json, null, null);
        }

        dataset ??= db.Datasets.Add(new DatasetRow { Id = id, Publisher = account.Address.ToString(), Draft = json, CreatedAt = clock.GetUtcNow() }).Entity;
        await db.SaveChangesAsync(cancellationToken);
        return dataset;
    }

    /// <summary>Starts a publication, or goes on with one that failed.</summary>
    /// <exception cref="DatasetRefusedException">There is no such dataset.</exception>
    public async Task<DatasetRow> PublishAsync(Guid id, CancellationToken cancellationToken)
    {
        var dataset = await FindAsync(id, cancellationToken);
        if (dataset.State is DatasetState.Draft or DatasetState.Failed)
        {
            dataset.Attempts++;
            var isMixed = dataset.Cid is not null && File.Exists(source.Blob(id));
            (dataset.State, dataset.Problem) = (isMixed ? DatasetState.Mixed : DatasetState.Mixing, null);
            if (isMixed)
            {
                db.Publish(new UploadDataset(id));
            }
            else
            {
                db.Publish(new MixDataset(id));
            }

            await db.SaveChangesAsync(cancellationToken);
        }

        return dataset;
    }

    /// <summary>Drops a dataset that is not on its way, with what was uploaded.</summary>
    /// <exception cref="DatasetRefusedException">It is published or on its way, or not there.</exception>
    public async Task DropAsync(Guid id, CancellationToken cancellationToken)
    {
        var dataset = await FindAsync(id, cancellationToken);
        if (dataset.State is not (DatasetState.Draft or DatasetState.Failed))
        {
            throw new DatasetRefusedException($"The dataset {id} is {dataset.State}; only drafts and failed ones can be dropped.");
        }

        db.Datasets.Remove(dataset);
        await db.SaveChangesAsync(cancellationToken);
        source.Remove(id);
    }

    /// <summary>Appends to the upload at exactly this offset, so that an upload that broke off goes on where it stopped.</summary>
    /// <returns>The upload's length in bytes; other than offset and content together when the offset was not its length before.</returns>
    /// <exception cref="DatasetRefusedException">The dataset takes no upload, or more than is allowed came.</exception>
    public async Task<(bool Taken, long Length)> AppendAsync(Guid id, long offset, Stream bytes, long maxBytes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        var dataset = await FindAsync(id, cancellationToken);
        if (dataset is not ({ State: DatasetState.Draft } or { State: DatasetState.Failed, Cid: null }) || JsonSerializer.Deserialize<DatasetDraft>(dataset.Draft)!.Source is not null)
        {
            throw new DatasetRefusedException($"The dataset {id} takes no upload: it is {dataset.State}, or has a source on the worker's machine.");
        }

        var path = source.Upload(id);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
        if (file.Length != offset)
        {
            return (false, file.Length);
        }

        file.Seek(0, SeekOrigin.End);
        var buffer = new byte[256 << 10];
        try
        {
            for (int read; (read = await bytes.ReadAsync(buffer, cancellationToken)) > 0;)
            {
                if (file.Length + read > maxBytes)
                {
                    throw new DatasetRefusedException($"More than Datasets:MaxBytes ({maxBytes}) came.");
                }

                await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
        }
        finally
        {
            // What came before the connection broke stays.
            file.Flush(flushToDisk: true);
        }

        return (true, file.Length);
    }

    private async Task<DatasetRow> FindAsync(Guid id, CancellationToken cancellationToken) =>
        await db.Datasets.SingleOrDefaultAsync(d => d.Id == id, cancellationToken) ?? throw new DatasetRefusedException($"There is no dataset {id} here.");
}
