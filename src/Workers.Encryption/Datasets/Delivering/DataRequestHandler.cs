using Microsoft.EntityFrameworkCore;
using Workers.Encryption.Datasets.Publishing;
using Workers.Hosting.Messaging;

namespace Workers.Encryption.Datasets.Delivering;

/// <summary>Sees requests for this house's datasets, and has those answered that can no longer vanish.</summary>
public sealed class DataRequestHandler(EncryptionDb db, DatasetChain chain, TimeProvider clock) : IHandler<DataRequestChanged>
{
    /// <inheritdoc/>
    public async Task HandleAsync(DataRequestChanged message, CancellationToken cancellationToken)
    {
        var request = await db.DataRequests.FindAsync([message.RequestId], cancellationToken);
        if (request is null
            || !DeliveryPolicy.IsDue(request, await chain.IsFinalAsync(request.BlockNumber, request.BlockHash, cancellationToken))
            || await db.Datasets.AsNoTracking().FirstOrDefaultAsync(d => d.TokenId == request.TokenId && d.State == DatasetState.Published, cancellationToken) is not { } dataset
            || await db.Deliveries.FindAsync([request.RequestId], cancellationToken) is not null)
        {
            return;
        }

        db.Deliveries.Add(new DeliveryRow
        {
            RequestId = request.RequestId,
            RequestBlockHash = request.BlockHash,
            DatasetId = dataset.Id,
            Requester = request.Requester,
            At = clock.GetUtcNow(),
        });
        db.Publish(new DeliverDataset(request.RequestId));
    }
}
