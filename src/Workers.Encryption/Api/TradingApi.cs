using System.Numerics;
using Contracts.Messages;
using Ethereum;
using Ethereum.Contracts;
using Microsoft.EntityFrameworkCore;
using Workers.Encryption.Buying;
using Workers.Encryption.Market;
using Workers.Encryption.Selling;
using Workers.Hosting.Transactions;

namespace Workers.Encryption.Api;

/// <summary>Table 3, "data trading requests": the market, the buyer's purchases, the owner's sales.</summary>
internal static class TradingApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var market = api.MapGroup("/market").WithTags("Market");
        market.MapGet("/applications", (EncryptionDb db, CancellationToken ct) => db.ListedApplications.AsNoTracking().ToListAsync(ct))
            .WithSummary("Commissioned applications");
        market.MapGet("/periods", PeriodsAsync).WithSummary("Sealed periods that can be bought");
        market.MapGet("/trades/{tradeId:long}", TradeAsync).WithSummary("One trade as the chain tells it");

        var purchases = api.MapGroup("/purchases").WithTags("Purchases");
        purchases.MapGet("/", (EncryptionDb db, CancellationToken ct) => db.Purchases.AsNoTracking().OrderBy(p => p.OrderedAt)
            .Select(p => View(p)).ToListAsync(ct)).WithSummary("Purchases of this buyer");
        purchases.MapPut("/{id:guid}", OrderAsync).WithSummary("Order a period; the same id twice is one purchase");
        purchases.MapPost("/{id:guid}/cancel", CancelAsync).WithSummary("Give notice that the purchase is no longer wanted");

        var sales = api.MapGroup("/sales").WithTags("Sales");
        sales.MapGet("/", (EncryptionDb db, CancellationToken ct) => db.Sales.AsNoTracking()
            .Join(db.Trades, s => s.TradeId, t => t.TradeId, (s, t) => new
            {
                s.TradeId,
                t.Buyer,
                t.SealId,
                t.Price,
                Status = t.Status.ToString(),
                Decision = s.Decision.ToString(),
                s.Reason,
                t.AnswerBy,
                s.AnsweredAt,
            }).ToListAsync(ct)).WithSummary("Requests for this owner's periods");
        sales.MapPost("/{tradeId:long}/approve", (long tradeId, EncryptionDb db, CancellationToken ct) =>
            DecideAsync(tradeId, SaleDecision.Accepted, "approved by a person", db, ct)).WithSummary("Answer a request that waits for a person");
        sales.MapPost("/{tradeId:long}/decline", (long tradeId, EncryptionDb db, CancellationToken ct) =>
            DecideAsync(tradeId, SaleDecision.Declined, "declined by a person", db, ct)).WithSummary("Decline a request and give the price back");

        api.MapPost("/trades/{tradeId:long}/split", SplitAsync).WithTags("Market")
            .WithSummary("Propose how to split a disputed price; equal proposals of both parties carry it out");
    }

    private static Task<List<ListedSealRow>> PeriodsAsync(string? applicationId, string? owner, EncryptionDb db, CancellationToken cancellationToken) =>
        db.ListedSeals.AsNoTracking()
            .Where(s => applicationId == null || s.ApplicationId == applicationId)
            .Where(s => owner == null || s.Owner == owner)
            .OrderBy(s => s.SealedAt).Take(1_000).ToListAsync(cancellationToken);

    private static async Task<IResult> TradeAsync(long tradeId, EncryptionDb db, CancellationToken cancellationToken) =>
        await db.Trades.AsNoTracking().SingleOrDefaultAsync(t => t.TradeId == tradeId, cancellationToken) is { } trade
            ? Results.Ok(new
            {
                trade.TradeId,
                Status = trade.Status.ToString(),
                trade.Buyer,
                trade.Owner,
                trade.SealId,
                trade.Price,
                trade.AnswerBy,
                trade.ConfirmBy,
                trade.RulingBy,
                trade.BuyerProposal,
                trade.OwnerProposal,
                trade.ToOwner,
                trade.ToProvider,
                trade.ToBuyer,
            })
            : Results.Problem($"No trade {tradeId} is known here yet.", statusCode: StatusCodes.Status404NotFound);

    private static async Task<IResult> OrderAsync(Guid id, PurchaseOrder order, OrderPurchase orders, CancellationToken cancellationToken)
    {
        try
        {
            return Results.Ok(View(await orders.RunAsync(id, order, cancellationToken)));
        }
        catch (PurchaseOrderException e)
        {
            return Results.Problem(e.Message, statusCode: StatusCodes.Status400BadRequest);
        }
    }

    private static async Task<IResult> CancelAsync(Guid id, EncryptionDb db, TradeChain chain, MainAccount account, CancellationToken cancellationToken)
    {
        var purchase = await db.Purchases.FindAsync([id], cancellationToken);
        if (purchase is not { TradeId: { } tradeId, State: PurchaseState.Requested })
        {
            return Results.Problem($"Purchase {id} has no open request that could be cancelled.", statusCode: StatusCodes.Status409Conflict);
        }

        await db.SubmitAsync($"purchase/{id}/{tradeId}/cancel", account.Address, chain.Contract, new DataTrades.CancelCall(tradeId).Encode(), cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        return Results.Accepted();
    }

    private static async Task<IResult> DecideAsync(long tradeId, SaleDecision decision, string reason, EncryptionDb db, CancellationToken cancellationToken)
    {
        var sale = await db.Sales.FindAsync([tradeId], cancellationToken);
        if (sale is not { AnsweredAt: null, Decision: SaleDecision.AwaitingPerson })
        {
            return Results.Problem($"Trade {tradeId} does not wait for a person's decision.", statusCode: StatusCodes.Status409Conflict);
        }

        (sale.Decision, sale.Reason) = (decision, reason);
        db.Publish(new TradeChanged(tradeId));
        await db.SaveChangesAsync(cancellationToken);
        return Results.Accepted();
    }

    private static async Task<IResult> SplitAsync(
        long tradeId, SplitProposal proposal, EncryptionDb db, TradeChain chain, MainAccount account, CancellationToken cancellationToken)
    {
        var trade = await db.Trades.AsNoTracking().SingleOrDefaultAsync(t => t.TradeId == tradeId, cancellationToken);
        if (trade is not { Status: TradeStatus.Disputed })
        {
            return Results.Problem($"Trade {tradeId} is not disputed.", statusCode: StatusCodes.Status409Conflict);
        }

        if (proposal.ToBuyer < 0 || proposal.ToBuyer > trade.Price || proposal.ToBuyer != decimal.Truncate(proposal.ToBuyer))
        {
            return Results.Problem($"toBuyer is {proposal.ToBuyer}; a whole number from 0 to the price {trade.Price}.", statusCode: StatusCodes.Status400BadRequest);
        }

        var isOwner = await db.Pseudonyms.AnyAsync(p => p.Address == trade.Owner, cancellationToken);
        var from = isOwner ? Address.Parse(trade.Owner) : account.Address;
        var call = new DataTrades.ProposeSplitCall(tradeId, new BigInteger(proposal.ToBuyer)).Encode();

        // The last proposal of this dispute is the one that stands, or will: the same again changes nothing, however often it comes.
        var dispute = $"trade/{tradeId}/{trade.BlockHash}/split/";
        var earlier = await db.Transactions.AsNoTracking().Where(t => t.Key.StartsWith(dispute)).OrderBy(t => t.Id)
            .Select(t => new { t.Data, t.State }).ToListAsync(cancellationToken);
        if (earlier is not [.., { State: not TransactionState.Reverted } last] || !last.Data.SequenceEqual(call))
        {
            if (!await db.SubmitAsync($"{dispute}{earlier.Count}", from, chain.Contract, call, cancellationToken))
            {
                return Results.Problem("Another proposal for this trade came at the same moment. Look again, and propose again if you still want it.", statusCode: StatusCodes.Status409Conflict);
            }

            await db.SaveChangesAsync(cancellationToken);
        }

        return Results.Accepted();
    }

    private static PurchaseView View(PurchaseRow p) => new(
        p.Id, p.SealId, p.TagName, p.Period, p.Owner, p.Price, p.State.ToString(), p.TradeId, p.Problem, p.Folder, p.Files, p.Bytes);

    /// <summary>A purchase without its private key.</summary>
    public sealed record PurchaseView(
        Guid Id, string SealId, string Tag, long Period, string Owner, decimal Price, string State, long? TradeId, string? Problem, string? Folder, int Files, long Bytes);

    /// <summary>Of a disputed price, what goes back to the buyer, in the token's smallest unit.</summary>
    public sealed record SplitProposal(decimal ToBuyer);
}
