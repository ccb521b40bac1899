using Contracts.Messages;
using Microsoft.EntityFrameworkCore;
using Workers.Encryption.Datasets.Delivering;
using Workers.Hosting.Messaging;

namespace Workers.Encryption.Datasets.Publishing;

/// <summary>Ends a publication once the token is final: only now may upload and blob leave this machine.</summary>
public sealed class PublishedDatasetHandler(EncryptionDb db, DatasetSource source) : IHandler<TransactionOutcome>
{
    /// <inheritdoc/>
    public async Task HandleAsync(TransactionOutcome message, CancellationToken cancellationToken)
    {
        if (message.State is not (TransactionState.Final or TransactionState.Reverted)
            || message.Key.Split('/') is not ["dataset", var id, "publish", _]
            || !Guid.TryParse(id, out var datasetId))
        {
            return;
        }

        var dataset = await db.Datasets.FindAsync([datasetId], cancellationToken)
            ?? throw new RejectedException($"The dataset {datasetId} is not in this database.");
        if (dataset.State != DatasetState.Uploaded || message.Key != Key(dataset))
        {
            return;
        }

        if (message.State == TransactionState.Reverted)
        {
            // Nothing of it is on chain; publishing again goes on from the blob that is here.
            (dataset.State, dataset.TokenId) = (DatasetState.Failed, null);
            dataset.Problem = $"The market of datasets refused the token: {message.Error}. Mend that and publish again.";
            return;
        }

        dataset.State = DatasetState.Published;

        // The token's owner may have asked for the data before this was told.
        await foreach (var requestId in db.DataRequests.Where(r => r.TokenId == dataset.TokenId).Select(r => r.RequestId).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            db.Publish(new DataRequestChanged(requestId));
        }

        source.Remove(dataset.Id);
    }

    /// <summary>The transaction that makes the token.</summary>
    internal static string Key(DatasetRow dataset) => $"dataset/{dataset.Id}/publish/{dataset.Attempts}";
}
