using Microsoft.AspNetCore.Mvc;
using Workers.Dashboard.Accounts;

namespace Workers.Dashboard.Publishing;

/// <summary>
/// Lets signed-in people of this house publish datasets: what they ask for goes to the worker that publishes, whose token never reaches a browser.
/// </summary>
internal static class PublishingApi
{
    private const int MaxDraft = 64 * 1024;

    public static void Map(IEndpointRouteBuilder api)
    {
        var datasets = api.MapGroup("/publishing").WithTags("Publishing").AddEndpointFilter(OnlyPublishersAsync);
        datasets.MapGet("/", (HttpContext http, PublishingWorker worker) => worker.ForwardAsync(http, "")).WithSummary("Datasets of this house, with their progress");
        datasets.MapGet("/{id:guid}", (Guid id, HttpContext http, PublishingWorker worker) => worker.ForwardAsync(http, $"/{id}")).WithSummary("One dataset, with its progress");
        datasets.MapPut("/{id:guid}", (Guid id, HttpContext http, PublishingWorker worker) => worker.ForwardAsync(http, $"/{id}"))
            .RequireSameSite().WithMetadata(new RequestSizeLimitAttribute(MaxDraft)).WithSummary("Describe a dataset, as PUT /api/datasets/{id} of the publishing worker takes it");
        datasets.MapPatch("/{id:guid}/file", (Guid id, long offset, HttpContext http, PublishingWorker worker) => worker.ForwardAsync(http, $"/{id}/file?offset={offset}"))
            .RequireSameSite("application/octet-stream").WithMetadata(new DisableRequestSizeLimitAttribute()).WithSummary("Append to the upload at this offset; 409 tells where to go on");
        datasets.MapPost("/{id:guid}/publish", (Guid id, HttpContext http, PublishingWorker worker) => worker.ForwardAsync(http, $"/{id}/publish"))
            .RequireSameSite().WithMetadata(new RequestSizeLimitAttribute(MaxDraft)).WithSummary("Publish, or go on with that");
        datasets.MapDelete("/{id:guid}", (Guid id, HttpContext http, PublishingWorker worker) => worker.ForwardAsync(http, $"/{id}"))
            .RequireSameSite().WithMetadata(new RequestSizeLimitAttribute(MaxDraft)).WithSummary("Drop a draft or a failed one");
    }

    private static async ValueTask<object?> OnlyPublishersAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var session = await http.RequestServices.GetRequiredService<SignIns>().FindAsync(http.Request.Cookies[SessionCookie.Name], http.RequestAborted);
        return session is null ? TypedResults.Problem("Sign in first.", statusCode: StatusCodes.Status401Unauthorized)
            : http.RequestServices.GetRequiredService<PublishingWorker>().MayPublish(session.Account) ? await next(context)
            : TypedResults.Problem($"{session.Account} does not publish for this house: Dashboard:Publishers does not name it.", statusCode: StatusCodes.Status403Forbidden);
    }
}
