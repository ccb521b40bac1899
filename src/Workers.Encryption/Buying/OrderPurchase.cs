using Ethereum;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Encryption.Market;
using Workers.Hosting.Cryptography;

namespace Workers.Encryption.Buying;

/// <summary>What a buyer asks for.</summary>
/// <param name="SealId">A listed period.</param>
/// <param name="Tag">The tag's name as the application's package gives it; checked against the listing.</param>
/// <param name="Price">In the token's smallest unit, above 0 and below 2^96.</param>
public sealed record PurchaseOrder(string SealId, string Tag, decimal Price);

/// <summary>An order that cannot be placed; the message says why.</summary>
public sealed class PurchaseOrderException(string message) : Exception(message);

/// <summary>Makes a key pair for one trade and queues its request.</summary>
public sealed class OrderPurchase(EncryptionDb db, KeyVault vault, IOptions<BuyingOptions> buying, TimeProvider clock)
{
    /// <summary>Places an order.</summary>
    /// <param name="id">The caller's id for it: ordering the same id twice is one purchase.</param>
    /// <exception cref="PurchaseOrderException">The period is not listed, or tag or price do not fit.</exception>
    public async Task<PurchaseRow> RunAsync(Guid id, PurchaseOrder order, CancellationToken cancellationToken)
    {
        if (await db.Purchases.FindAsync([id], cancellationToken) is { } ordered)
        {
            return ordered;
        }

        if (order is not { SealId.Length: > 0, Tag.Length: > 0 })
        {
            throw new PurchaseOrderException("An order needs sealId, tag and price.");
        }

        var seal = await db.ListedSeals.FirstOrDefaultAsync(s => s.SealId == order.SealId, cancellationToken)
            ?? throw new PurchaseOrderException($"No period with the seal id {order.SealId} is listed.");
        if (SealIdentity.Tag(order.Tag) != Hash32.Parse(seal.Tag))
        {
            throw new PurchaseOrderException($"'{order.Tag}' is not the tag of the period {order.SealId}.");
        }

        if (order.Price <= 0 || order.Price != decimal.Truncate(order.Price))
        {
            throw new PurchaseOrderException($"The price {order.Price} is not a whole number above 0 (in the token's smallest unit).");
        }

        var window = await db.ListedApplications.Where(a => a.ApplicationId == seal.ApplicationId)
            .OrderByDescending(a => a.BlockNumber).ThenByDescending(a => a.LogIndex).Select(a => (long?)a.ConfirmWindow).FirstOrDefaultAsync(cancellationToken);
        if (window < buying.Value.MinimumConfirmWindow.TotalSeconds)
        {
            throw new PurchaseOrderException(
                $"The application grants {window} s to confirm or dispute; Buying:MinimumConfirmWindow asks for {buying.Value.MinimumConfirmWindow}.");
        }

        using var pair = P256KeyPair.Generate();
        using var privateKey = pair.ExportPrivateKey();
        var purchase = new PurchaseRow
        {
            Id = id,
            ApplicationId = seal.ApplicationId,
            Owner = seal.Owner,
            Tag = seal.Tag,
            TagName = order.Tag,
            Period = seal.Period,
            SealId = seal.SealId,
            Price = order.Price,
            PublicKey = pair.PublicKey.ToArray(),
            WrappedPrivateKey = vault.Wrap(privateKey, PurchaseKey.Purpose(id)),
            OrderedAt = clock.GetUtcNow(),
        };
        db.Purchases.Add(purchase);
        db.Publish(new PurchaseOrdered(id));
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return purchase;
        }
        catch (DbUpdateException)
        {
            // Another request with this id came in between; its purchase is the one.
            db.ChangeTracker.Clear();
            if (await db.Purchases.FindAsync([id], cancellationToken) is { } first)
            {
                return first;
            }

            throw;
        }
    }
}
