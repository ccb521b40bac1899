using Workers.Hosting.Data;

namespace Workers.Hosting.Http;

/// <summary>Tells a caller what a fault of the database means for the request.</summary>
internal static class DatabaseFaultFilter
{
    private const string RetryAfterSeconds = "5";

    /// <summary>Answers 409 when another request came between and 503 when the database does not serve now; nothing was saved in either case.</summary>
    public static TBuilder ExplainDatabaseFaults<TBuilder>(this TBuilder routes)
        where TBuilder : IEndpointConventionBuilder =>
        routes.AddEndpointFilter(async (context, next) =>
        {
            try
            {
                return await next(context);
            }
            catch (Exception e) when (DatabaseFaults.Classify(e) == DatabaseFault.Conflict)
            {
                return TypedResults.Problem(
                    "Another request changed the same thing at the same moment, and this one changed nothing. Look again, and ask again if you still want it.",
                    statusCode: StatusCodes.Status409Conflict);
            }
            catch (Exception e) when (DatabaseFaults.Classify(e) == DatabaseFault.Unavailable)
            {
                context.HttpContext.Response.Headers.RetryAfter = RetryAfterSeconds;
                return TypedResults.Problem(
                    "The worker's database does not serve now (see /health/ready). Ask again in a few seconds.",
                    statusCode: StatusCodes.Status503ServiceUnavailable);
            }
        });
}
