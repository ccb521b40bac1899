using System.Text.Json;
using ContentStore;
using Ethereum;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Hosting.Messaging;

namespace Workers.Dashboard.Datasets;

/// <summary>Look for a dataset's metadata.</summary>
/// <param name="Until">Then it counts as missing.</param>
public sealed record ReadMetadata(string TokenId, DateTimeOffset Until);

/// <summary>Reads metadata from the content store and checks it. Bad metadata is the dataset's fault, never ours: it is shown as such.</summary>
public sealed class ReadMetadataHandler(DashboardDb db, IContentStore content, IOptions<DashboardOptions> options, TimeProvider clock) : IHandler<ReadMetadata>
{
    /// <inheritdoc/>
    public async Task HandleAsync(ReadMetadata message, CancellationToken cancellationToken)
    {
        var dataset = await db.Datasets.FindAsync([message.TokenId], cancellationToken);
        if (dataset is not { Status: not DatasetStatus.None, Metadata: MetadataState.Awaited or MetadataState.Missing })
        {
            return;
        }

        try
        {
            var (metadata, problem) = DatasetMetadata.Read(await BytesAsync(dataset, cancellationToken));
            await db.TakeMetadataAsync(dataset, metadata, problem, cancellationToken);
        }
        catch (ContentStoreException e) when (e.IsTransient && clock.GetUtcNow() < message.Until)
        {
            throw new TooEarlyException(e.Message, options.Value.FetchInterval);
        }
        catch (ContentStoreException e) when (e.IsTransient)
        {
            (dataset.Metadata, dataset.Problem) = (MetadataState.Missing, "No store that was asked has the metadata.");
        }
        catch (ContentStoreException e) when (e is ContentTooLargeException or ContentMalformedException)
        {
            await db.TakeMetadataAsync(dataset, metadata: null, $"The metadata has more than {DatasetMetadata.MaxBytes} bytes.", cancellationToken);
        }
    }

    private async Task<byte[]> BytesAsync(DatasetRow dataset, CancellationToken cancellationToken)
    {
        var digest = new byte[Hash32.Size];
        Hash32.Parse(dataset.MetadataDigest).CopyTo(digest);
        await using var stream = await content.OpenAsync(new Cid(CidCodec.Raw, digest), DatasetMetadata.MaxBytes, cancellationToken);
        var bytes = new byte[stream.Length];
        await stream.ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }
}

/// <summary>Look again for metadata that was missing. Sent by the schedule.</summary>
public sealed record FindMissingMetadata;

/// <summary>Asks once more for each.</summary>
public sealed class FindMissingMetadataHandler(DashboardDb db, TimeProvider clock) : IHandler<FindMissingMetadata>
{
    /// <inheritdoc/>
    public async Task HandleAsync(FindMissingMetadata message, CancellationToken cancellationToken)
    {
        await foreach (var id in db.Datasets.Where(d => d.Metadata == MetadataState.Missing && d.Status != DatasetStatus.None).Select(d => d.TokenId).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            db.Publish(new ReadMetadata(id, clock.GetUtcNow()));
        }
    }
}

/// <summary>Writes metadata into a dataset's row and its words.</summary>
internal static class TakenMetadata
{
    public static Task TakeMetadataAsync(this DashboardDb db, DatasetRow dataset, DatasetMetadata? metadata, string? problem, CancellationToken cancellationToken)
    {
        dataset.Metadata = metadata is null ? MetadataState.Refused : MetadataState.Read;
        dataset.Problem = problem;
        dataset.Name = metadata?.Name;
        dataset.Description = metadata?.Description;
        dataset.File = metadata?.File;
        dataset.Format = metadata?.Format;
        dataset.Units = metadata?.Units;
        dataset.Bytes = metadata?.Bytes;
        dataset.Tags = JsonSerializer.Serialize(metadata?.Tags ?? []);
        dataset.Columns = JsonSerializer.Serialize(metadata?.Columns ?? []);
        dataset.Delivery = metadata?.Delivery;
        return db.SetWordsAsync(dataset.TokenId, SearchWords.OfDataset(metadata, dataset.TokenId, dataset.Publisher), cancellationToken);
    }

    /// <summary>Makes these a dataset's words, whatever they were.</summary>
    public static async Task SetWordsAsync(this DashboardDb db, string tokenId, IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        var kept = await db.Words.Where(w => w.TokenId == tokenId).ToListAsync(cancellationToken);
        db.Words.RemoveRange(kept.ExceptBy(words, w => w.Word, StringComparer.Ordinal));
        db.Words.AddRange(words.Except(kept.Select(w => w.Word), StringComparer.Ordinal).Select(word => new WordRow { Word = word, TokenId = tokenId }));
    }
}
