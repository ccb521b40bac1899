using System.Numerics;
using Ethereum;
using Ethereum.Contracts;
using Microsoft.EntityFrameworkCore;
using Workers.Encryption.Market;
using Workers.Hosting.Messaging;
using Workers.Hosting.Transactions;

namespace Workers.Encryption.Buying;

/// <summary>Bring an ordered purchase on chain.</summary>
public sealed record PurchaseOrdered(Guid PurchaseId);

/// <summary>Lets the trading contract take the price, once for all purchases, then sends the request.</summary>
public sealed class PurchaseOrderedHandler(EncryptionDb db, TradeChain chain, MainAccount account) : IHandler<PurchaseOrdered>
{
    /// <inheritdoc/>
    public async Task HandleAsync(PurchaseOrdered message, CancellationToken cancellationToken)
    {
        var purchase = await db.Purchases.FindAsync([message.PurchaseId], cancellationToken)
            ?? throw new RejectedException($"Purchase {message.PurchaseId} is not in this database.");
        if (purchase.State != PurchaseState.Ordered)
        {
            return;
        }

        var price = new BigInteger(purchase.Price);
        var spending = new Spending($"purchase/{purchase.Id}/request", account.Address, chain.Contract, "the trading contract", price, purchase.OrderedAt);
        if (await Allowance.SubmitAsync(db, chain, spending, () => RequestAsync(purchase, price, cancellationToken), cancellationToken) is { } problem)
        {
            (purchase.State, purchase.Problem) = (PurchaseState.Failed, problem);
        }
    }

    private async Task<byte[]> RequestAsync(PurchaseRow purchase, BigInteger price, CancellationToken cancellationToken)
    {
        // A seal that is not final may vanish, and another one come under its id: the price would be paid for data that nobody offered.
        await chain.FinalSealAsync(purchase.SealId, cancellationToken);

        var listing = await db.ListedApplications.AsNoTracking().Where(a => a.ApplicationId == purchase.ApplicationId)
            .OrderByDescending(a => a.BlockNumber).ThenByDescending(a => a.LogIndex).FirstOrDefaultAsync(cancellationToken)
            ?? throw new TooEarlyException($"the listing of the application {purchase.ApplicationId}", TimeSpan.FromSeconds(2));
        return new DataTrades.RequestCall(
            Hash32.Parse(purchase.ApplicationId), Address.Parse(purchase.Owner), Hash32.Parse(purchase.Tag),
            checked((ulong)purchase.Period), purchase.PublicKey, price, listing.ToTerms()).Encode();
    }
}
