using System.Net;

namespace Workers.Hosting.Http;

/// <summary>Guards routes that only somebody on this machine may use.</summary>
public static class LoopbackFilter
{
    /// <summary>Answers 403 to any other machine, whatever address the worker binds to.</summary>
    public static TBuilder RequireLoopback<TBuilder>(this TBuilder routes)
        where TBuilder : IEndpointConventionBuilder =>
        routes.AddEndpointFilter(async (context, next) =>
            context.HttpContext.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
                ? await next(context)
                : TypedResults.Problem("This answers on the worker's own machine only.", statusCode: StatusCodes.Status403Forbidden));
}
