using System.Globalization;
using System.Numerics;
using Ethereum;
using Mechanisms.Mobility;
using Microsoft.EntityFrameworkCore;
using Workers.Hosting.Members;
using Contract = Ethereum.Contracts.Collaboration;

namespace Workers.Collaboration.Queries;

/// <summary>Bonded queries, for the member's own people and devices.</summary>
internal static class QueryApi
{
    private const int Page = 1_000;

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPut("/queries/{queryId:guid}", OrderAsync).WithTags("Queries").WithSummary("Ask a location service through another member; the same id twice is one query");
        api.MapGet("/queries/{queryId:guid}", QueryAsync).WithTags("Queries").WithSummary("A query, and what is near to this member's own place once it is answered");
        api.MapGet("/queries", async (CollaborationDb db, CancellationToken ct) => (await db.Queries.AsNoTracking().OrderByDescending(q => q.OrderedAt).Take(Page).ToListAsync(ct)).Select(View))
            .WithTags("Queries").WithSummary("Queries of this member");
        api.MapGet("/duties", async (CollaborationDb db, CancellationToken ct) => (await db.Duties.AsNoTracking().OrderByDescending(d => d.Number).Take(Page).ToListAsync(ct)).Select(View))
            .WithTags("Queries").WithSummary("Queries that this member has agreed to forward");
    }

    /// <param name="Service">The location service's account.</param>
    /// <param name="Latitude">Of the own place, in degrees; what is found is filtered by it.</param>
    /// <param name="Longitude">Likewise.</param>
    /// <param name="Reward">To the collaborator, in the token's smallest unit.</param>
    /// <param name="Category">Only places of this category.</param>
    /// <param name="Nearest">The nearest 1 to 50; or else Radius.</param>
    /// <param name="Radius">Metres, up to 50,000.</param>
    /// <param name="Disguised">The place that the service is asked about in place of the own one. Where neither it nor Collaborators is given, the model that is here chooses both (PUT /api/model).</param>
    /// <param name="Collaborators">Accounts of those who may forward it, in the order in which they are asked; by default all members in random order.</param>
    internal sealed record Order(
        string Service, double Latitude, double Longitude, string Reward, string? Category = null, int? Nearest = null, double? Radius = null, AskedPlace? Disguised = null,
        IReadOnlyList<string>? Collaborators = null);

    private static async Task<IResult> OrderAsync(Guid queryId, Order order, QueryOrders orders, CancellationToken cancellationToken)
    {
        if (Position.Problem(order.Latitude, order.Longitude) is { } problem)
        {
            return Problem($"No place on Earth: {problem}");
        }

        if (!Address.TryParse(order.Service, null, out var service) || (order.Collaborators?.Any(c => !Address.TryParse(c, null, out _)) ?? false)
            || !BigInteger.TryParse(order.Reward, NumberStyles.None, CultureInfo.InvariantCulture, out var reward))
        {
            return Problem("Service and collaborators are accounts, 0x and 40 hexadecimal digits, and the reward is a whole number.");
        }

        var asked = new ZoneQuery([order.Disguised ?? new AskedPlace(order.Latitude, order.Longitude)], order.Category, order.Nearest, order.Radius);
        try
        {
            return Results.Ok(View(await orders.RunAsync(
                queryId,
                new QueryOrder(
                    service, asked, (int)Math.Round(order.Latitude * 1e6), (int)Math.Round(order.Longitude * 1e6), reward, order.Collaborators?.Select(Address.Parse).ToList(),
                    order.Disguised is null && order.Collaborators is null),
                cancellationToken)));
        }
        catch (QueryOrderException e)
        {
            return Results.Problem(e.Message, statusCode: StatusCodes.Status409Conflict);
        }
    }

    private static async Task<IResult> QueryAsync(Guid queryId, CollaborationDb db, CancellationToken cancellationToken) =>
        await db.Queries.AsNoTracking().SingleOrDefaultAsync(q => q.QueryId == queryId, cancellationToken) is { } row
            ? Results.Ok(View(row))
            : Results.Problem($"There is no query {queryId} here.", statusCode: StatusCodes.Status404NotFound);

    private static IResult Problem(string text) => Results.Problem(text, statusCode: StatusCodes.Status400BadRequest);

    private static object View(QueryRow row) => new
    {
        row.QueryId,
        Query = row.Query.ToString(),
        State = row.State.ToString(),
        Service = row.Service.ToString(),
        Collaborator = row.Collaborator?.ToString(),
        Reward = row.Reward.ToString(CultureInfo.InvariantCulture),
        Fee = row.Fee.ToString(CultureInfo.InvariantCulture),
        row.OrderedAt,
        MemberJson.Read<ZoneQuery>(row.Asked).Places,
        DisguisedBy = row.DisguisedBy?.ToString(),
        row.Problem,
        Found = row.Found is { } found ? MemberJson.Read<NearPlace[]>(found) : null,
    };

    private static object View(DutyRow row)
    {
        var terms = MemberJson.Read<Contract.Terms>(row.Terms);
        return new
        {
            Query = row.Query.ToString(),
            State = row.State.ToString(),
            Querier = row.Querier.ToString(),
            Service = terms.Service.ToString(),
            Reward = terms.Reward.ToString(CultureInfo.InvariantCulture),
            row.At,
            row.Report,
        };
    }
}
