using System.Numerics;
using Ethereum;
using Ethereum.Abi;
using Ethereum.Contracts;
using Microsoft.EntityFrameworkCore;
using Workers.Encryption.Datasets.Delivering;
using Workers.Encryption.Datasets.Publishing;
using Workers.Hosting.Data;
using Workers.Hosting.Transactions;

namespace Workers.Encryption.Api;

/// <summary>
/// What this house does in the market of datasets with the worker's account. Each call is under an id of the caller's, twice the same id is one transaction;
/// what becomes of it is in <c>/api/transactions</c>.
/// </summary>
internal static class DatasetMarketApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var market = api.MapGroup("/dataset-market").WithTags("Market of datasets");
        market.MapPut("/offers/{id:guid}", (Guid id, OfferOrder order, Orders orders, CancellationToken ct) => orders.OfferAsync(id, order, ct)).WithSummary("Offer a token of this house");
        market.MapPut("/purchases/{id:guid}", (Guid id, PriceOrder order, Orders orders, CancellationToken ct) => orders.BuyAsync(id, order, ct)).WithSummary("Buy a token that is offered at a price");
        market.MapPut("/bids/{id:guid}", (Guid id, PriceOrder order, Orders orders, CancellationToken ct) => orders.BidAsync(id, order, ct)).WithSummary("Bid for a token in an auction");
        market.MapPut("/settlements/{id:guid}", (Guid id, ListingOrder order, Orders orders, CancellationToken ct) =>
            orders.SendAsync(id, n => new DatasetMarket.SettleCall(n), order, ct)).WithSummary("End an auction after its time");
        market.MapPut("/cancellations/{id:guid}", (Guid id, ListingOrder order, Orders orders, CancellationToken ct) =>
            orders.SendAsync(id, n => new DatasetMarket.CancelCall(n), order, ct)).WithSummary("Take back what nobody has bid for");
        market.MapPut("/withdrawals/{id:guid}", (Guid id, Orders orders, CancellationToken ct) => orders.WithdrawAsync(id, ct))
            .WithSummary("Take what is set aside: bids that were outbid");
    }

    internal sealed record OfferOrder(string TokenId, DatasetOffer Offer);

    /// <param name="Amount">Of a purchase the most that is paid; of a bid the bid. In the smallest unit.</param>
    internal sealed record PriceOrder(long ListingId, string TokenId, decimal Amount);

    internal sealed record ListingOrder(long ListingId);

    /// <summary>Queues the calls.</summary>
    internal sealed class Orders(EncryptionDb db, DatasetChain chain, MainAccount account, TimeProvider clock)
    {
        public Task<IResult> OfferAsync(Guid id, OfferOrder order, CancellationToken cancellationToken)
        {
            if (order.Offer?.Problem() is { } problem)
            {
                return Task.FromResult(Refused(problem));
            }

            if (order.Offer is null || !Hash32.TryParse(order.TokenId, null, out _))
            {
                return Task.FromResult(Refused("An offer needs tokenId (0x and 64 hexadecimal digits) and offer."));
            }

            var call = new MarketToken.SafeTransferFromCall(account.Address, chain.Contract, TokenNumber.Parse(order.TokenId), BigInteger.One, order.Offer.Encode());
            return QueueAsync(id, chain.Token, call, cancellationToken);
        }

        public Task<IResult> BuyAsync(Guid id, PriceOrder order, CancellationToken cancellationToken) =>
            PayAsync(id, order, (listing, token, amount) => new DatasetMarket.BuyCall(listing, token, amount), cancellationToken);

        public Task<IResult> BidAsync(Guid id, PriceOrder order, CancellationToken cancellationToken) =>
            PayAsync(id, order, (listing, token, amount) => new DatasetMarket.BidCall(listing, token, amount), cancellationToken);

        public Task<IResult> SendAsync(Guid id, Func<BigInteger, ICall> call, ListingOrder order, CancellationToken cancellationToken) =>
            order.ListingId < 1 ? Task.FromResult(Refused("Listings are counted from 1.")) : QueueAsync(id, chain.Contract, call(order.ListingId), cancellationToken);

        public Task<IResult> WithdrawAsync(Guid id, CancellationToken cancellationToken) =>
            QueueAsync(id, chain.Contract, new DatasetMarket.WithdrawCall(account.Address), cancellationToken);

        private async Task<IResult> PayAsync(Guid id, PriceOrder order, Func<BigInteger, BigInteger, BigInteger, ICall> call, CancellationToken cancellationToken)
        {
            if (order.ListingId < 1 || order.Amount < 1 || order.Amount != decimal.Truncate(order.Amount) || !Hash32.TryParse(order.TokenId, null, out _))
            {
                return Refused("An order needs listingId, tokenId (0x and 64 hexadecimal digits) and a whole amount above 0.");
            }

            var amount = new BigInteger(order.Amount);
            var spending = new Spending(Key(id), account.Address, chain.Contract, "the market of datasets", amount, clock.GetUtcNow());
            var data = call(order.ListingId, TokenNumber.Parse(order.TokenId), amount).Encode();
            if (await Allowance.SubmitAsync(db, chain, spending, () => Task.FromResult(data), cancellationToken) is { } problem)
            {
                return Refused(problem);
            }

            return await SaveAsync(id, cancellationToken);
        }

        private async Task<IResult> QueueAsync(Guid id, Address to, ICall call, CancellationToken cancellationToken)
        {
            await db.SubmitAsync(Key(id), account.Address, to, call.Encode(), cancellationToken);
            return await SaveAsync(id, cancellationToken);
        }

        private async Task<IResult> SaveAsync(Guid id, CancellationToken cancellationToken)
        {
            try
            {
                await db.SaveChangesAsync(cancellationToken);
            }
            catch (DbUpdateException e) when (DatabaseFaults.Classify(e) == DatabaseFault.Conflict)
            {
                // The same order, or the approval that another order waits for as well, was queued at this moment: that one counts.
                db.ChangeTracker.Clear();
            }

            return await ViewAsync(id, cancellationToken);
        }

        /// <summary>202 while the token is told to let the market take credits: put the same again.</summary>
        private async Task<IResult> ViewAsync(Guid id, CancellationToken cancellationToken)
        {
            var key = Key(id);
            return await db.Transactions.AsNoTracking().SingleOrDefaultAsync(t => t.Key == key, cancellationToken) is { } row
                ? Results.Ok(new { row.Key, State = row.State.ToString(), row.TransactionHash, row.BlockNumber, row.Error })
                : Results.Accepted(value: new { Key = key, State = "Approving" });
        }

        private static string Key(Guid id) => $"dataset-market/{id}";

        private static IResult Refused(string problem) => Results.Problem(problem, statusCode: StatusCodes.Status400BadRequest);
    }
}
