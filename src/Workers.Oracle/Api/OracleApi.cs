using System.Numerics;
using System.Text.Json;
using Contracts.Messages;
using Ethereum;
using Ethereum.Contracts;
using Mechanisms.Mobility;
using Mechanisms.PrivacyGame.Models;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Hosting.Transactions;
using Workers.Oracle.Asking;
using Workers.Oracle.Nodes;
using Workers.Oracle.Requests;
using Workers.Oracle.Terms;

namespace Workers.Oracle.Api;

/// <summary>The oracle for people and programs: what the chain says, what this node did, what this group ordered.</summary>
internal static class OracleApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/account", (MainAccount account) => new { Address = account.Address.ToString() }).WithTags("Account").WithSummary("The account of this house");
        api.MapGet("/nodes", async (OracleDb db, CancellationToken ct) =>
            (await db.Nodes.AsNoTracking().OrderBy(n => n.Node).ToListAsync(ct)).Where(n => n.PublicKey.Length > 0).Select(n => new { n.Node, PublicKey = Hex.ToString(n.PublicKey) }))
            .WithTags("Nodes").WithSummary("All nodes, with the keys to which profiles are sealed");
        api.MapGet("/node", NodeAsync).WithTags("Nodes").WithSummary("This house's node: stake, what is reserved of it, whether it can be drawn");
        api.MapPost("/node/stake", TopUpAsync).WithTags("Nodes").WithSummary("Bring the node's stake back to Node:Stake");

        api.MapPost("/withdraw", WithdrawAsync).WithTags("Account").WithSummary("Take what the contract has set aside for this house: fees, refunds, penalties of others");

        api.MapGet("/requests", async (OracleDb db, CancellationToken ct) =>
            await db.Requests.AsNoTracking().OrderByDescending(r => r.IsOpen).Select(r => new { r.RequestId, r.Requester, State = r.State.ToString(), r.IsOpen }).Take(1_000).ToListAsync(ct))
            .WithTags("Requests").WithSummary("All requests that the chain tells of");
        api.MapGet("/requests/{requestId}", RequestAsync).WithTags("Requests").WithSummary("One request as the chain tells it, and what this node found out about it");

        api.MapGet("/models", async (OracleDb db, CancellationToken ct) => (await db.Orders.AsNoTracking().OrderBy(o => o.OrderedAt).ToListAsync(ct)).Select(View))
            .WithTags("Models").WithSummary("Models that this group ordered");
        api.MapPut("/models/{orderId:guid}", OrderAsync).WithTags("Models").WithSummary("Order a model; the same id twice is one order");
        api.MapGet("/models/{orderId:guid}/file", async (Guid orderId, OracleDb db, CancellationToken ct) =>
            await db.Orders.AsNoTracking().SingleOrDefaultAsync(o => o.OrderId == orderId, ct) is { Model: { } model }
                ? Results.Bytes(model, "application/octet-stream")
                : Results.Problem($"Order {orderId} has no model here.", statusCode: StatusCodes.Status404NotFound))
            .WithTags("Models").WithSummary("The opened model, for a member's software");
        api.MapPost("/models/{orderId:guid}/draw", DrawAsync).WithTags("Models").WithSummary("What to send in place of a query, and by whom");
    }

    private static async Task<IResult> NodeAsync(OracleChain chain, MainAccount account, IOptions<NodeOptions> options, CancellationToken cancellationToken)
    {
        var (stake, reserved, active, drawable) = await chain.ReadAsync(chain.Contract, new PrivacyOracle.NodeOfCall(account.Address), cancellationToken);
        return Results.Ok(new
        {
            Node = account.Address.ToString(),
            Stake = RequestTerms.Amount(stake),
            Reserved = RequestTerms.Amount(reserved),
            Wanted = options.Value.Stake,
            Active = active,
            Drawable = drawable,
            SetAside = RequestTerms.Amount(await chain.ReadAsync(chain.Contract, new PrivacyOracle.SetAsideCall(account.Address), cancellationToken)),
        });
    }

    internal static async Task<IResult> TopUpAsync(OracleDb db, OracleChain chain, MainAccount account, IOptions<NodeOptions> options, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await MaintainNodeHandler.NextKeyAsync(db, cancellationToken) is not { } key)
        {
            return Results.Problem("A transaction about this node is under way. Ask again when it has ended (see /api/transactions).", statusCode: StatusCodes.Status409Conflict);
        }

        var (stake, _, _, _) = await chain.ReadAsync(chain.Contract, new PrivacyOracle.NodeOfCall(account.Address), cancellationToken);
        var missing = new BigInteger(options.Value.Stake) - stake;
        if (missing <= 0)
        {
            return Results.Problem($"The node's stake is {stake}; Node:Stake wants no more.", statusCode: StatusCodes.Status409Conflict);
        }

        var spending = new Spending(key, account.Address, chain.Contract, "the oracle's contract", missing, clock.GetUtcNow());
        var problem = await Allowance.SubmitAsync(db, chain, spending, () => Task.FromResult(new PrivacyOracle.AddStakeCall(missing).Encode()), cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        return problem is null ? Results.Accepted() : Results.Problem(problem, statusCode: StatusCodes.Status409Conflict);
    }

    private static async Task<IResult> WithdrawAsync(OracleDb db, OracleChain chain, MainAccount account, CancellationToken cancellationToken)
    {
        var amount = await chain.ReadAsync(chain.Contract, new PrivacyOracle.SetAsideCall(account.Address), cancellationToken);
        if (amount.IsZero)
        {
            return Results.Problem("Nothing is set aside for this house.", statusCode: StatusCodes.Status409Conflict);
        }

        // Two calls at once are one transaction: the second would find nothing.
        var number = await db.Transactions.CountAsync(t => t.Key.StartsWith("withdraw/") && t.State >= TransactionState.Final, cancellationToken);
        await db.SubmitAsync($"withdraw/{number}", account.Address, chain.Contract, new PrivacyOracle.WithdrawCall(account.Address).Encode(), cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        return Results.Accepted(value: new { Amount = RequestTerms.Amount(amount) });
    }

    private static async Task<IResult> RequestAsync(string requestId, OracleDb db, OracleChain chain, CancellationToken cancellationToken)
    {
        if (await db.Requests.FindAsync([requestId], cancellationToken) is null)
        {
            return Results.Problem($"No request {requestId} is known here yet.", statusCode: StatusCodes.Status404NotFound);
        }

        var request = await chain.RequestAsync(requestId, cancellationToken);
        var gathered = await db.Gatherings.AsNoTracking().SingleOrDefaultAsync(g => g.RequestId == requestId, cancellationToken);
        return Results.Ok(new
        {
            request.Id,
            State = request.State.ToString(),
            request.Asked?.Fact.Requester,
            request.Asked?.Fact.Terms,
            request.Asked?.Fact.Committee,
            request.Submissions,
            Proposals = request.Proposals.Values.Select(p => p.Fact),
            request.Votes,
            Penalties = request.Penalties.Select(p => new { p.Node, Offence = p.Offence.ToString(), p.Amount }),
            request.Payments,
            Model = request.Model?.Fact,
            Refusal = request.Refusal?.Fact,
            Expiry = request.Expiry?.Reason.ToString(),
            Gathered = gathered is null ? null : new { gathered.ProfileDigest, gathered.Refusal, gathered.Problem, Sources = JsonSerializer.Deserialize<JsonElement>(gathered.Findings) },
            Solutions = await db.Solutions.AsNoTracking().Where(s => s.RequestId == requestId).Select(s => new { s.Attempt, s.Cost, s.LowerBound, s.Privacy, s.Seconds, s.Problem }).ToListAsync(cancellationToken),
            Verdicts = await db.Verdicts.AsNoTracking().Where(v => v.RequestId == requestId).Select(v => new { v.ProposalHash, v.Accept, v.Evidence, v.Problem, v.Seconds }).ToListAsync(cancellationToken),
        });
    }

    private static async Task<IResult> OrderAsync(Guid orderId, ModelOrder order, OrderModel orders, CancellationToken cancellationToken)
    {
        try
        {
            return Results.Ok(View(await orders.RunAsync(orderId, order, cancellationToken)));
        }
        catch (ModelOrderException e)
        {
            return Results.Problem(e.Message, statusCode: StatusCodes.Status400BadRequest);
        }
    }

    private static async Task<IResult> DrawAsync(Guid orderId, DrawOrder query, OracleDb db, OracleChain chain, CancellationToken cancellationToken)
    {
        if (await db.Orders.AsNoTracking().SingleOrDefaultAsync(o => o.OrderId == orderId, cancellationToken) is not { Model: { } model } order)
        {
            return Results.Problem($"Order {orderId} has no model here.", statusCode: StatusCodes.Status404NotFound);
        }

        try
        {
            var place = Position.Problem(query.Latitude, query.Longitude) is { } problem ? throw new ModelUseException($"There is no such place: {problem}") : new Position(query.Latitude, query.Longitude);
            var terms = GameTerms.Read(order.Document);
            var group = new GroupModel(PrivacyModelFile.Read(model), [.. terms.Members.Select(m => m.Account)], terms.Cells());
            return Results.Ok(group.Draw(query.Member, place, await chain.TimeAsync(cancellationToken)));
        }
        catch (ModelUseException e)
        {
            return Results.Problem(e.Message, statusCode: StatusCodes.Status400BadRequest);
        }
    }

    private static object View(OrderRow row) => new
    {
        row.OrderId,
        State = row.State.ToString(),
        row.Problem,
        row.RequestId,
        row.OrderedAt,
        Terms = JsonSerializer.Deserialize<RequestTerms>(row.Terms),
    };

    /// <param name="Member">Who wants to ask.</param>
    /// <param name="Latitude">About which place, in degrees.</param>
    internal sealed record DrawOrder(string Member, double Latitude, double Longitude);
}
