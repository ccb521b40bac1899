using ContentStore;
using Ethereum;
using Microsoft.Extensions.Options;
using Workers.Encryption.Market;
using Workers.Encryption.Sealing;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Messaging;

namespace Workers.Encryption.Buying;

/// <summary>Turn an answer into files.</summary>
public sealed record DeliverPurchase(Guid PurchaseId);

/// <summary>Opens the answer, checks it against the commitment, fetches the blob, verifies and decrypts it.</summary>
public sealed class DeliverPurchaseHandler(
    EncryptionDb db,
    TradeChain chain,
    KeyVault vault,
    SealedBlobReader blobs,
    IOptions<EncryptionOptions> options,
    IOptions<BuyingOptions> buying) : IHandler<DeliverPurchase>
{
    /// <inheritdoc/>
    public async Task HandleAsync(DeliverPurchase message, CancellationToken cancellationToken)
    {
        var purchase = await db.Purchases.FindAsync([message.PurchaseId], cancellationToken)
            ?? throw new RejectedException($"Purchase {message.PurchaseId} is not in this database.");
        var trade = await db.Trades.FindAsync([purchase.TradeId], cancellationToken);
        if (purchase.State != PurchaseState.Requested || trade is not { Status: TradeStatus.Answered })
        {
            return;
        }

        var seal = await chain.FinalSealAsync(purchase.SealId, cancellationToken);
        try
        {
            using var key = OpenAnswer(purchase, trade, seal);
            var folder = options.Value.PurchaseFolder(purchase.Id);
            var opened = await blobs.OpenAsync(seal, key, folder, cancellationToken);
            (purchase.State, purchase.Folder, purchase.Files, purchase.Bytes) = (PurchaseState.Delivered, folder, opened.Files, opened.Bytes);
        }
        catch (SealedBlobException e) when (e.Error == SealedBlobError.TooLarge)
        {
            // Our own limit: the trade's key would prove nothing, and show the owner's data to everybody.
            Reject(purchase, e.Message, provableByKey: false);
        }
        catch (Exception e) when (e is HpkeException or SealedBlobException)
        {
            // An answer that can still vanish may be replaced by a good one, which the evidence against this one would open to everybody.
            if (!await chain.IsFinalAsync(trade.BlockNumber, trade.BlockHash, cancellationToken))
            {
                await WaitWhileThereIsTimeAsync(purchase, trade, e, cancellationToken);
            }

            Reject(purchase, e.Message, provableByKey: true);
        }
        catch (ContentStoreException e)
        {
            // The owner may still be uploading, or a node be down: ask again until the time to dispute runs out.
            await WaitWhileThereIsTimeAsync(purchase, trade, e, cancellationToken);
            Reject(purchase, e.Message, provableByKey: false);
        }

        db.Publish(new TradeChanged(trade.TradeId));
    }

    private async Task WaitWhileThereIsTimeAsync(PurchaseRow purchase, TradeRow trade, Exception problem, CancellationToken cancellationToken)
    {
        if (await chain.TimeAsync(cancellationToken) + buying.Value.DisputeMargin < trade.ConfirmBy)
        {
            throw new TooEarlyException($"{problem.Message} The delivery of purchase {purchase.Id} is tried again", buying.Value.FetchInterval);
        }
    }

    private Secret OpenAnswer(PurchaseRow purchase, TradeRow trade, ListedSealRow seal)
    {
        using var privateKey = vault.Unwrap(purchase.WrappedPrivateKey, PurchaseKey.Purpose(purchase.Id));
        using var pair = P256KeyPair.FromPrivateKey(privateKey.Reveal());
        var key = TradeAnswer.Open(pair, trade.EncryptedKey!, chain.Reference(trade.TradeId));
        if (SealIdentity.KeyCommitment(Hash32.Parse(seal.SealId), key) == Hash32.Parse(seal.KeyCommitment))
        {
            return key;
        }

        key.Dispose();
        throw new HpkeException("The answer holds another key than the one that the owner committed to when it sealed the period.");
    }

    private static void Reject(PurchaseRow purchase, string problem, bool provableByKey) =>
        (purchase.State, purchase.Problem, purchase.ProvableByKey) = (PurchaseState.Rejected, problem, provableByKey);
}
