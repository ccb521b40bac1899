using Contracts.Messages;
using Microsoft.EntityFrameworkCore;
using Workers.Hosting.Messaging;
using Workers.Hosting.Transactions;

namespace Workers.Encryption.Buying;

/// <summary>Whatever became of an approval, the purchases that wait for it look again.</summary>
public sealed class AllowanceOutcomeHandler(EncryptionDb db) : IHandler<TransactionOutcome>
{
    /// <inheritdoc/>
    public async Task HandleAsync(TransactionOutcome message, CancellationToken cancellationToken)
    {
        if (!Allowance.IsKey(message.Key))
        {
            return;
        }

        await foreach (var id in db.Purchases.Where(p => p.State == PurchaseState.Ordered).Select(p => p.Id).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            db.Publish(new PurchaseOrdered(id));
        }
    }
}
