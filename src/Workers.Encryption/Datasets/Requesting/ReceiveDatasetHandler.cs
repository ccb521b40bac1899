using ContentStore;
using Microsoft.Extensions.Options;
using Workers.Encryption.Datasets.Delivering;
using Workers.Encryption.Datasets.Publishing;
using Workers.Encryption.Sealing;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Messaging;

namespace Workers.Encryption.Datasets.Requesting;

/// <summary>Fetch and open the answer to a request.</summary>
public sealed record ReceiveDataset(Guid AskedId);

/// <summary>Fetches an answer, opens it and keeps the dataset: whole, or not at all.</summary>
public sealed class ReceiveDatasetHandler(
    EncryptionDb db, DatasetChain chain, KeyVault vault, IContentStore content, TemporaryArea temporary, IOptions<EncryptionOptions> encryption, IOptions<DatasetOptions> options)
    : IHandler<ReceiveDataset>
{
    /// <inheritdoc/>
    public async Task HandleAsync(ReceiveDataset message, CancellationToken cancellationToken)
    {
        var asked = await db.AskedDatasets.FindAsync([message.AskedId], cancellationToken)
            ?? throw new RejectedException($"The request for a dataset {message.AskedId} is not in this database.");
        if (asked.State != AskedState.Requested
            || await db.DataRequests.FindAsync([asked.RequestId!.Value], cancellationToken) is not { Cid: { } cid } request
            || !request.PublicKey.AsSpan().SequenceEqual(asked.PublicKey))
        {
            return;
        }

        try
        {
            (asked.File, asked.Bytes) = await ReceiveAsync(asked, request.RequestId, cid, cancellationToken);
            asked.State = AskedState.Received;
        }
        catch (Exception e) when (e is HpkeException or SealedBlobException or FormatException or ContentTooLargeException)
        {
            (asked.State, asked.Problem) = (AskedState.Failed, $"The answer does not open: {e.Message}");
        }
        catch (ContentStoreException e)
        {
            throw new TooEarlyException($"{e.Message} The answer to request {request.RequestId} is fetched again", options.Value.FetchInterval);
        }
    }

    private static Cid Read(byte[] cid) => Cid.TryReadBinary(cid, out var read) ? read : throw new FormatException("What the publisher announced is no CID.");

    private async Task<(string File, long Bytes)> ReceiveAsync(AskedDatasetRow asked, long requestId, byte[] cid, CancellationToken cancellationToken)
    {
        using var privateKey = vault.Unwrap(asked.WrappedPrivateKey, AskForDataset.Purpose(asked.Id));
        using var pair = P256KeyPair.FromPrivateKey(privateKey.Reveal());
        var attempt = temporary.NewPath();
        try
        {
            long bytes;
            await using (var plain = new FileStream(attempt, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                await using var sealedFile = await content.OpenAsync(Read(cid), options.Value.MaxBytes, cancellationToken);
                await DeliveryFile.OpenAsync(pair, chain.Reference(requestId), sealedFile, plain, cancellationToken);
                plain.Flush(flushToDisk: true);
                bytes = plain.Length;
            }

            var folder = encryption.Value.ReceivedFolder(requestId);
            Directory.CreateDirectory(folder);
            var file = Path.Combine(folder, "dataset");
            File.Move(attempt, file, overwrite: true);
            return (file, bytes);
        }
        finally
        {
            File.Delete(attempt);
        }
    }
}
