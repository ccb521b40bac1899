using System.Numerics;
using System.Security.Cryptography;
using System.Text.Json;
using Contracts.Messages;
using Ethereum;
using Ethereum.Contracts;
using Mechanisms.PrivacyGame.Models;
using Microsoft.EntityFrameworkCore;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Messaging;
using Workers.Hosting.Transactions;
using Workers.Oracle.Requests;
using Workers.Oracle.Solving;

namespace Workers.Oracle.Asking;

/// <summary>Brings an order to the chain, once the token lets the contract take the fee.</summary>
public sealed class AskHandler(OracleDb db, OracleChain chain, MainAccount account) : IHandler<OrderChanged>
{
    /// <inheritdoc/>
    public async Task HandleAsync(OrderChanged message, CancellationToken cancellationToken)
    {
        if (await db.Orders.FindAsync([message.OrderId], cancellationToken) is not { State: OrderState.Asking } row)
        {
            return;
        }

        var terms = JsonSerializer.Deserialize<RequestTerms>(row.Terms)!;
        var spending = new Spending(Key(row.OrderId), account.Address, chain.Contract, "the oracle's contract", new BigInteger(terms.Fee), row.OrderedAt);
        if (await Allowance.SubmitAsync(db, chain, spending, () => Task.FromResult(new PrivacyOracle.RequestCall(terms.ToCall()).Encode()), cancellationToken) is { } problem)
        {
            (row.State, row.Problem) = (OrderState.Failed, problem);
        }
    }

    /// <summary>The transaction that asks.</summary>
    internal static string Key(Guid orderId) => $"order/{orderId}/request";
}

/// <summary>An order whose request the contract refused ends.</summary>
public sealed class AskOutcomeHandler(OracleDb db) : IHandler<TransactionOutcome>
{
    /// <inheritdoc/>
    public async Task HandleAsync(TransactionOutcome message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (message.State == TransactionState.Reverted && message.Key.Split('/') is ["order", var text, "request"] && Guid.TryParse(text, out var id)
            && await db.Orders.FindAsync([id], cancellationToken) is { State: OrderState.Asking } row)
        {
            (row.State, row.Problem) = (OrderState.Failed, $"The oracle's contract refused the request: {message.Error}.");
        }
    }
}

/// <summary>Follows an order's request; opens the model once it is final.</summary>
public sealed class DeliverHandler(OracleDb db, OracleChain chain, OracleContent content, KeyVault vault, MainAccount account) : IHandler<RequestChanged>
{
    /// <inheritdoc/>
    public async Task HandleAsync(RequestChanged message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        var request = await chain.RequestAsync(message.RequestId, cancellationToken);
        if (request.Asked is null)
        {
            return;
        }

        var key = Hex.ToString(request.Terms.GroupKey);
        if (await db.Orders.SingleOrDefaultAsync(o => o.GroupKey == key, cancellationToken) is not { State: OrderState.Asking or OrderState.Asked } row)
        {
            return;
        }

        // Whoever sees our transaction wait can ask under our key before us.
        if (request.Asked.Fact.Requester != account.Address.ToString())
        {
            return;
        }

        (row.State, row.RequestId) = (OrderState.Asked, request.Id);
        if (request.Expiry is { } expiry)
        {
            (row.State, row.Problem) = (OrderState.Expired, expiry.Reason == ExpiryReason.TooFewProfiles
                ? "Too few nodes could fetch the profiles in time. The fee went back; see whether all sources deliver what the order names."
                : "No node's model was accepted in time. The fee went back.");
        }
        else if (request.Refusal is { } refusal)
        {
            var document = await content.ReadAsync(PublicJson.CidOf(refusal.Fact.Result), RefusalDocument.MaxBytes, cancellationToken);
            (row.State, row.Problem) = (OrderState.Refused, (document is null ? null : RefusalDocument.Read(document)?.Detail) ?? "The committee refused without a reason. The fee went back.");
        }
        else if (request.Model is { } model && await chain.IsFinalAsync(model.BlockNumber, model.BlockHash, cancellationToken))
        {
            await OpenAsync(row, request.Id, model.Fact, cancellationToken);
        }
    }

    private async Task OpenAsync(OrderRow row, string requestId, RequestFact.Finalised model, CancellationToken cancellationToken)
    {
        try
        {
            var sealedModel = await content.SealedModelAsync(model.Content, cancellationToken) ?? throw new SealedModelException("What stands on chain names no sealed model.");
            using var secret = vault.Unwrap(row.WrappedKey, OrderModel.KeyPurpose(row.OrderId));
            using var pair = P256KeyPair.FromPrivateKey(secret.Reveal());
            var (bytes, watermarkKey) = sealedModel.Open(new ModelReference(chain.ChainId, chain.Contract, Hash32.Parse(requestId)), SealedModel.Group, pair);
            using (watermarkKey)
            {
                Check(bytes, new Watermark(watermarkKey.Reveal()), requestId, model);
                (row.Model, row.WrappedWatermarkKey, row.State) = (bytes, vault.Wrap(watermarkKey, WatermarkPurpose(row.OrderId)), OrderState.Delivered);
            }
        }
        catch (Exception e) when (e is SealedModelException or InvalidModelException)
        {
            (row.State, row.Problem) = (OrderState.Failed, $"The committee accepted a model that this group cannot use: {e.Message}");
        }
    }

    /// <summary>What a group can check by itself, without the other members' profiles.</summary>
    /// <exception cref="InvalidModelException">Digest, request, expiry or watermark are not right.</exception>
    internal static void Check(byte[] bytes, Watermark watermark, string requestId, RequestFact.Finalised onChain)
    {
        if (new Hash32(SHA256.HashData(bytes)).ToString() != onChain.Result)
        {
            throw new InvalidModelException("The model is not the one whose digest stands on chain.");
        }

        var model = PrivacyModelFile.Read(bytes);
        if (!model.Terms.Request.AsSpan().SequenceEqual(Hash32.Parse(requestId).ToArray()) || model.Terms.Expires != onChain.ExpiresAt)
        {
            throw new InvalidModelException("The model is for another request, or says another expiry than the chain.");
        }

        if (!model.Terms.WatermarkCommitment.AsSpan().SequenceEqual(watermark.Commitment) || !watermark.Inspect(model.Terms.Request.AsSpan(), model.Rows).Altered.IsEmpty)
        {
            throw new InvalidModelException("The model does not bear its watermark.");
        }
    }

    private static string WatermarkPurpose(Guid id) => $"watermark key of model order {id}";
}
