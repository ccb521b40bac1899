using Microsoft.Extensions.Options;

namespace Workers.Dashboard.Accounts;

/// <summary>Guards routes that change something against other sites' pages in the same browser.</summary>
internal static class SameSite
{
    /// <summary>Answers 403 with the reason. Handlers of these routes read the body themselves, so that it comes after the guard.</summary>
    /// <param name="contentType">What the body has to be; none that a form of another site can send.</param>
    public static TBuilder RequireSameSite<TBuilder>(this TBuilder routes, string contentType = "application/json")
        where TBuilder : IEndpointConventionBuilder =>
        routes.AddEndpointFilter(async (context, next) =>
        {
            var request = context.HttpContext.Request;
            return SiteOrigin.Refusal(Of(context.HttpContext), request.Headers.Origin, request.ContentType, contentType, request.Headers["X-Market"]) is { } refusal
                ? TypedResults.Problem(refusal, statusCode: StatusCodes.Status403Forbidden)
                : await next(context);
        });

    /// <summary>The site that the request was sent to.</summary>
    public static SiteOrigin? Of(HttpContext http) =>
        SiteOrigin.Of(http.RequestServices.GetRequiredService<IOptions<DashboardOptions>>().Value.Origin, http.Request.Scheme, http.Request.Host.Value ?? "");
}
