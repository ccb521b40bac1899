using Contracts.Messages;
using Microsoft.EntityFrameworkCore;
using Workers.Encryption.Datasets.Delivering;
using Workers.Hosting.Messaging;
using Workers.Hosting.Transactions;

namespace Workers.Encryption.Datasets.Requesting;

/// <summary>Finds this house's requests on chain, and has answers opened.</summary>
public sealed class AskedDatasetHandler(EncryptionDb db, MainAccount account) : IHandler<DataRequestChanged>
{
    /// <inheritdoc/>
    public async Task HandleAsync(DataRequestChanged message, CancellationToken cancellationToken)
    {
        var me = account.Address.ToString();
        if (await db.DataRequests.FindAsync([message.RequestId], cancellationToken) is not { } request || request.Requester != me)
        {
            return;
        }

        var open = await db.AskedDatasets.Where(a => a.TokenId == request.TokenId && (a.State == AskedState.Asked || a.State == AskedState.Requested)).ToListAsync(cancellationToken);
        if (open.Find(a => a.PublicKey.AsSpan().SequenceEqual(request.PublicKey)) is not { } asked)
        {
            return;
        }

        (asked.State, asked.RequestId) = (AskedState.Requested, request.RequestId);
        if (request.Cid is not null)
        {
            db.Publish(new ReceiveDataset(asked.Id));
        }
    }
}

/// <summary>A request that the contract refused ends with the contract's reason.</summary>
public sealed class AskedOutcomeHandler(EncryptionDb db) : IHandler<TransactionOutcome>
{
    /// <inheritdoc/>
    public async Task HandleAsync(TransactionOutcome message, CancellationToken cancellationToken)
    {
        if (message.State == TransactionState.Reverted
            && message.Key.Split('/') is ["ask", var id]
            && Guid.TryParse(id, out var askedId)
            && await db.AskedDatasets.FindAsync([askedId], cancellationToken) is { State: AskedState.Asked } asked)
        {
            (asked.State, asked.Problem) = (AskedState.Failed, $"The market of datasets refused the request: {message.Error}.");
        }
    }
}
