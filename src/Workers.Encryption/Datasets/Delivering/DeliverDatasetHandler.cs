using System.Text.Json;
using ContentStore;
using Ethereum;
using Ethereum.Contracts;
using Microsoft.Extensions.Options;
using Workers.Encryption.Datasets.Publishing;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Messaging;
using Workers.Hosting.Transactions;

namespace Workers.Encryption.Datasets.Delivering;

/// <summary>Answer a request that is final.</summary>
public sealed record DeliverDataset(long RequestId);

/// <summary>Recovers a dataset, seals it to the requester's key, uploads it and queues the answer. Run again, it begins anew under another key.</summary>
public sealed class DeliverDatasetHandler(
    EncryptionDb db,
    DatasetChain chain,
    KeyVault vault,
    IContentStore content,
    TemporaryArea temporary,
    MainAccount account,
    IOptions<EncryptionOptions> encryption,
    IOptions<DatasetOptions> options) : IHandler<DeliverDataset>
{
    /// <inheritdoc/>
    public async Task HandleAsync(DeliverDataset message, CancellationToken cancellationToken)
    {
        var delivery = await db.Deliveries.FindAsync([message.RequestId], cancellationToken)
            ?? throw new RejectedException($"The delivery {message.RequestId} is not in this database.");
        var request = await db.DataRequests.FindAsync([message.RequestId], cancellationToken);
        if (delivery.State != DeliveryState.Preparing || request is null)
        {
            return;
        }

        // Nothing takes the data back: look once more, now.
        if (!await chain.IsFinalAsync(request.BlockNumber, request.BlockHash, cancellationToken))
        {
            throw new TooEarlyException($"the request {request.RequestId} in a final block", options.Value.FetchInterval);
        }

        var owner = await chain.FinalOwnerAsync(TokenNumber.Parse(request.TokenId), cancellationToken);
        if (DeliveryPolicy.Objection(request, owner) is { } objection)
        {
            (delivery.State, delivery.Problem) = (DeliveryState.Refused, objection);
            return;
        }

        var dataset = await db.Datasets.FindAsync([delivery.DatasetId], cancellationToken)
            ?? throw new RejectedException($"The dataset {delivery.DatasetId} of request {request.RequestId} is not in this database. Restore its row from a backup, then replay this.");
        if (await SealAsync(dataset, request, cancellationToken) is not { } cid)
        {
            (delivery.State, delivery.Problem) = (DeliveryState.Failed, "The request's public key is not a point of P-256: nothing can be sealed to it.");
            return;
        }

        var receipt = await new DeliveryReceipt(
            chain.ChainId, chain.Contract.ToString(), request.RequestId, request.TokenId, request.Requester, owner.BlockNumber, owner.BlockHash.ToString(),
            Hex.ToString(request.PublicKey), Hex.ToString(cid.ToArray())).SignAsync(account.Signer, cancellationToken);
        (delivery.State, delivery.Cid, delivery.Receipt) = (DeliveryState.Sent, cid.ToString(), JsonSerializer.Serialize(receipt));
        var answer = new DatasetMarket.DeliverCall(request.RequestId, cid.ToArray(), receipt.Hash());
        await db.SubmitAsync($"delivery/{request.RequestId}", account.Address, chain.Contract, answer.Encode(), cancellationToken);
    }

    /// <summary>The file's CID once it is uploaded and read back; null when nothing can be sealed to the key.</summary>
    private async Task<Cid?> SealAsync(DatasetRow dataset, DataRequestRow request, CancellationToken cancellationToken)
    {
        using var secrets = OpenVault(dataset);
        var path = encryption.Value.DeliveryFile(request.RequestId);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var waiting = temporary.NewPath();
        Directory.CreateDirectory(waiting);
        try
        {
            await using var blob = await content.OpenAsync(Cid.Parse(dataset.Cid!), long.MaxValue, cancellationToken);
            var dag = await DeliveryFile.WriteAsync(
                path, request.PublicKey, chain.Reference(request.RequestId),
                plain => MixedBlob.RecoverAsync(secrets.Plan, blob, Decoys.ContextOf(dataset), secrets.Key, secrets.Seed, plain, waiting, cancellationToken),
                cancellationToken);
            await content.PutFileAsync(path, new PutFileOptions { Dag = dag, Immutable = true }, cancellationToken);
            await content.VerifyAsync(dag.Root, progress: null, cancellationToken);
            return dag.Root;
        }
        catch (HpkeException)
        {
            return null;
        }
        finally
        {
            Directory.Delete(waiting, recursive: true);
        }
    }

    private DatasetSecrets OpenVault(DatasetRow dataset)
    {
        try
        {
            return vault.Open(dataset);
        }
        catch (KeyVaultException e)
        {
            // Only a person can mend the row; replaying this goes on from there.
            throw new RejectedException(e.Message, e);
        }
    }
}
