using Contracts.Messages;
using Workers.Hosting.Messaging;

namespace Workers.Encryption.Buying;

/// <summary>A request that the contract refused ends its purchase with the contract's reason.</summary>
public sealed class PurchaseRequestOutcomeHandler(EncryptionDb db) : IHandler<TransactionOutcome>
{
    /// <inheritdoc/>
    public async Task HandleAsync(TransactionOutcome message, CancellationToken cancellationToken)
    {
        if (message.State != TransactionState.Reverted
            || message.Key.Split('/') is not ["purchase", var id, "request"]
            || !Guid.TryParse(id, out var purchaseId))
        {
            return;
        }

        var purchase = await db.Purchases.FindAsync([purchaseId], cancellationToken);
        if (purchase is { State: PurchaseState.Ordered })
        {
            purchase.State = PurchaseState.Failed;
            purchase.Problem = $"The trading contract refused the request: {message.Error}.";
        }
    }
}
