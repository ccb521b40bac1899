using ContentStore;
using Microsoft.EntityFrameworkCore;
using Workers.Dashboard.Accounts;

namespace Workers.Dashboard.Requests;

/// <summary>Deliveries from IPFS, for browsers that have no node. They are sealed: what is guarded is the house's bandwidth.</summary>
internal static class DeliveriesApi
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/requests/{requestId:long}/delivery", FetchAsync).WithTags("Accounts").WithSummary("What was delivered to the account that is signed in, sealed to its request's key");

    private static async Task<IResult> FetchAsync(long requestId, HttpContext http, DashboardDb db, SignIns signIns, IContentStore content, CancellationToken cancellationToken)
    {
        if (await signIns.FindAsync(http.Request.Cookies[SessionCookie.Name], cancellationToken) is not { } session)
        {
            return Results.Problem("Sign in first.", statusCode: StatusCodes.Status401Unauthorized);
        }

        if (await db.Requests.AsNoTracking().SingleOrDefaultAsync(r => r.RequestId == requestId && r.Requester == session.Account, cancellationToken) is not { Cid: { } text } || !Cid.TryParse(text, out var cid))
        {
            return Results.Problem($"Nothing was delivered to {session.Account} under the request {requestId}.", statusCode: StatusCodes.Status404NotFound);
        }

        try
        {
            http.Response.Headers.CacheControl = "no-store";
            return Results.Stream(await content.OpenAsync(cid, long.MaxValue, cancellationToken), "application/octet-stream");
        }
        catch (ContentStoreException e)
        {
            return Results.Problem($"{e.Message} Try again later; if it stays so, tell the publisher.", statusCode: StatusCodes.Status404NotFound);
        }
    }
}
