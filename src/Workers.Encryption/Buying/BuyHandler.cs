using System.Security.Cryptography;
using System.Text;
using Ethereum.Contracts;
using Microsoft.EntityFrameworkCore;
using Workers.Encryption.Market;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Messaging;
using Workers.Hosting.Transactions;

namespace Workers.Encryption.Buying;

/// <summary>The buyer's part of a trade: deliver, confirm, dispute, take the price back when a deadline passed.</summary>
public sealed class BuyHandler(EncryptionDb db, TradeChain chain, KeyVault vault, MainAccount account) : IHandler<TradeChanged>
{
    /// <inheritdoc/>
    public async Task HandleAsync(TradeChanged message, CancellationToken cancellationToken)
    {
        var trade = await db.Trades.FindAsync([message.TradeId], cancellationToken);
        if (trade is null || trade.Buyer != account.Address.ToString())
        {
            return;
        }

        // A trade is ours by the key that was made for it, not by its number: numbers are given anew after a reorganisation.
        var purchase = await db.Purchases.SingleOrDefaultAsync(p => p.PublicKey == trade.PublicKey && p.SealId == trade.SealId, cancellationToken);
        if (purchase is null || trade.Status == TradeStatus.None)
        {
            return;
        }

        purchase.TradeId = trade.TradeId;
        if (purchase.State is PurchaseState.Ordered or PurchaseState.Failed)
        {
            purchase.State = PurchaseState.Requested;
        }

        var isFinal = await chain.IsFinalAsync(trade.BlockNumber, trade.BlockHash, cancellationToken);
        var chainTime = await chain.TimeAsync(cancellationToken);
        var id = trade.TradeId;
        switch (PurchasePolicy.Next(trade, purchase.State, isFinal, chainTime))
        {
            case PurchaseStep.Deliver:
                // The same id for the same answer: a delivery that waits is not joined by another one at every sweep.
                db.Publish(new DeliverPurchase(purchase.Id), DeliveryId(purchase, trade));
                break;
            case PurchaseStep.Confirm:
                await SubmitAsync(purchase, trade, "confirm", new DataTrades.ConfirmCall(id).Encode(), cancellationToken);
                break;
            case PurchaseStep.Dispute:
                await SubmitAsync(purchase, trade, "dispute", new DataTrades.DisputeCall(id, Evidence(purchase)).Encode(), cancellationToken);
                break;
            case PurchaseStep.Refund:
                await SubmitAsync(purchase, trade, "refund", new DataTrades.RefundCall(id).Encode(), cancellationToken);
                break;
            case PurchaseStep.ExpireDispute:
                await SubmitAsync(purchase, trade, "expire-dispute", new DataTrades.ExpireDisputeCall(id).Encode(), cancellationToken);
                break;
            case PurchaseStep.Close:
                purchase.State = PurchaseState.Closed;
                break;
            case PurchaseStep.Wait:
                break;
        }
    }

    /// <summary>
    /// The trade's own private key: with it anybody opens the answer and compares it with the commitment. It opens nothing
    /// else, and nothing at all unless the owner answered with something other than the period's key.
    /// </summary>
    private byte[] Evidence(PurchaseRow purchase)
    {
        if (!purchase.ProvableByKey)
        {
            return [];
        }

        using var privateKey = vault.Unwrap(purchase.WrappedPrivateKey, PurchaseKey.Purpose(purchase.Id));
        return privateKey.Reveal().ToArray();
    }

    private static Guid DeliveryId(PurchaseRow purchase, TradeRow trade) =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes($"deliver/{purchase.Id}/{trade.TradeId}/{trade.Version}")).AsSpan(0, 16));

    private Task<bool> SubmitAsync(PurchaseRow purchase, TradeRow trade, string step, byte[] data, CancellationToken cancellationToken) =>
        db.SubmitAsync($"purchase/{purchase.Id}/{trade.TradeId}/{trade.BlockHash}/{step}", account.Address, chain.Contract, data, cancellationToken);
}
