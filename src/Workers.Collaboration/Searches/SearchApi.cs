using System.Collections.Immutable;
using System.Globalization;
using Ethereum;
using Microsoft.EntityFrameworkCore;
using Workers.Collaboration.Zones;
using Workers.Hosting.Members;

namespace Workers.Collaboration.Searches;

/// <summary>Searches from behind a zone, for the member's own people and devices.</summary>
internal static class SearchApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/services", async (CollaborationDb db, CancellationToken ct) =>
            (await db.Services.AsNoTracking().Where(s => s.IsOffered).ToListAsync(ct)).Select(s => new { Account = s.Account.ToString(), Fee = s.Fee.ToString(CultureInfo.InvariantCulture), s.Endpoint }))
            .WithTags("Searches").WithSummary("Location services that offer themselves on chain");
        api.MapPut("/searches/{searchId:guid}", OrderAsync).WithTags("Searches")
            .WithSummary("Ask a location service from behind a zone of K members, which gets the same id; the same id twice is one search");
        api.MapGet("/searches/{searchId:guid}", SearchAsync).WithTags("Searches").WithSummary("A search, and what is near to this member's own place");
    }

    /// <param name="Size">K, this member among them.</param>
    /// <param name="Service">The location service's account.</param>
    /// <param name="Category">Only places of this category.</param>
    /// <param name="Nearest">The nearest 1 to 50; or else Radius.</param>
    /// <param name="Radius">Metres, up to 50,000.</param>
    internal sealed record SearchOrder(int Size, string Service, string? Category = null, int? Nearest = null, double? Radius = null);

    private static async Task<IResult> OrderAsync(Guid searchId, SearchOrder order, SearchOrders orders, CancellationToken cancellationToken)
    {
        if (!Address.TryParse(order.Service, null, out var service))
        {
            return Results.Problem("The service is an account, 0x and 40 hexadecimal digits.", statusCode: StatusCodes.Status400BadRequest);
        }

        try
        {
            return Results.Ok(View(await orders.RunAsync(searchId, order.Size, service, new ZoneQuery([], order.Category, order.Nearest, order.Radius), cancellationToken)));
        }
        catch (ZoneOrderException e)
        {
            return Results.Problem(e.Message, statusCode: StatusCodes.Status409Conflict);
        }
    }

    private static async Task<IResult> SearchAsync(Guid searchId, CollaborationDb db, CancellationToken cancellationToken) =>
        await db.Searches.AsNoTracking().SingleOrDefaultAsync(s => s.SearchId == searchId, cancellationToken) is { } row
            ? Results.Ok(View(row))
            : Results.Problem($"There is no search {searchId} here.", statusCode: StatusCodes.Status404NotFound);

    private static object View(SearchRow row) => new
    {
        row.SearchId,
        Service = row.Service.ToString(),
        State = row.State.ToString(),
        row.OrderedAt,
        row.Problem,
        row.Answered,
        Found = row.State == SearchState.Found ? MemberJson.Read<NearPlace[]>(row.Found) : [],
    };
}
