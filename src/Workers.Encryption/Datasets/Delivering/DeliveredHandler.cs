using System.Globalization;
using Contracts.Messages;
using Workers.Hosting.Messaging;

namespace Workers.Encryption.Datasets.Delivering;

/// <summary>Ends a delivery with what became of its answer on chain.</summary>
public sealed class DeliveredHandler(EncryptionDb db) : IHandler<TransactionOutcome>
{
    /// <inheritdoc/>
    public async Task HandleAsync(TransactionOutcome message, CancellationToken cancellationToken)
    {
        if (message.State is not (TransactionState.Final or TransactionState.Reverted)
            || message.Key.Split('/') is not ["delivery", var number]
            || !long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var requestId))
        {
            return;
        }

        var delivery = await db.Deliveries.FindAsync([requestId], cancellationToken)
            ?? throw new RejectedException($"The delivery {requestId} is not in this database.");
        (delivery.State, delivery.Problem) = message.State == TransactionState.Final
            ? (DeliveryState.Delivered, null)
            : (DeliveryState.Failed, $"The market of datasets refused the answer: {message.Error}.");
    }
}
