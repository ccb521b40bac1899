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
    private static readonly BigInteger Unlimited = (BigInteger.One << 256) - 1;

    /// <inheritdoc/>
    public async Task HandleAsync(PurchaseOrdered message, CancellationToken cancellationToken)
    {
        var purchase = await db.Purchases.FindAsync([message.PurchaseId], cancellationToken)
            ?? throw new RejectedException($"Purchase {message.PurchaseId} is not in this database.");
        if (purchase.State != PurchaseState.Ordered)
        {
            return;
        }

        var key = $"purchase/{purchase.Id}/request";
        if (await db.Transactions.AnyAsync(t => t.Key == key, cancellationToken))
        {
            return;
        }

        // A seal that is not final may vanish, and another one come under its id: the price would be paid for data that nobody offered.
        await chain.FinalSealAsync(purchase.SealId, cancellationToken);

        var allow = $"allow/{chain.Contract}/";
        var allowing = await db.Transactions.AsNoTracking().Where(t => t.Key.StartsWith(allow)).OrderBy(t => t.Id).ToListAsync(cancellationToken);
        var price = new BigInteger(purchase.Price);
        var balance = await chain.ReadAsync(chain.Token, new MarketToken.BalanceOfAddressCall(account.Address), cancellationToken);
        if (balance < price)
        {
            purchase.State = PurchaseState.Failed;
            purchase.Problem = $"The account {account.Address} holds {balance} credits; the price is {price}. Top it up and order again.";
            return;
        }

        var allowance = await chain.ReadAsync(chain.Token, new MarketToken.AllowanceCall(account.Address, chain.Contract), cancellationToken);
        if (allowance < price)
        {
            switch (PurchasePolicy.Allow(allowing.LastOrDefault(), purchase.OrderedAt))
            {
                case AllowStep.Approve:
                    var approve = new MarketToken.ApproveCall(chain.Contract, Unlimited).Encode();
                    await db.SubmitAsync($"{allow}{allowing.Count}", account.Address, chain.Token, approve, cancellationToken);
                    break;
                case AllowStep.GiveUp:
                    purchase.State = PurchaseState.Failed;
                    purchase.Problem = allowing[^1].Error is { } error
                        ? $"The token {chain.Token} refused to let the trading contract take prices: {error}. Mend that and order again under a new id."
                        : $"The token {chain.Token} was told to let the trading contract take prices and still allows only {allowance}; the price is {price}. Mend that and order again under a new id.";
                    break;
                case AllowStep.Wait:
                    break;
            }

            return;
        }

        var listing = await db.ListedApplications.AsNoTracking().Where(a => a.ApplicationId == purchase.ApplicationId)
            .OrderByDescending(a => a.BlockNumber).ThenByDescending(a => a.LogIndex).FirstOrDefaultAsync(cancellationToken)
            ?? throw new TooEarlyException($"the listing of the application {purchase.ApplicationId}", TimeSpan.FromSeconds(2));
        var request = new DataTrades.RequestCall(
            Hash32.Parse(purchase.ApplicationId), Address.Parse(purchase.Owner), Hash32.Parse(purchase.Tag),
            checked((ulong)purchase.Period), purchase.PublicKey, price, listing.ToTerms());
        await db.SubmitAsync(key, account.Address, chain.Contract, request.Encode(), cancellationToken);
    }
}
