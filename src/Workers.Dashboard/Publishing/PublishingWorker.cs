using Ethereum;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using Workers.Hosting.Http;

namespace Workers.Dashboard.Publishing;

/// <summary>The worker of this house that publishes datasets, reached over its API: in this process, or where the settings say.</summary>
public sealed class PublishingWorker(IHttpClientFactory clients, IOptions<DashboardOptions> options, ApiToken own, IServer server)
{
    /// <summary>Whether an account may publish here.</summary>
    public bool MayPublish(string account) => options.Value.Publishers.Any(p => p.Length > 0 && Address.Parse(p) == Address.Parse(account));

    /// <summary>Passes a request on, as its body comes, and its answer back.</summary>
    /// <param name="path">Behind <c>/api/datasets</c>, with the query.</param>
    internal async Task<IResult> ForwardAsync(HttpContext http, string path)
    {
        var cancellationToken = http.RequestAborted;
        using var request = new HttpRequestMessage(new HttpMethod(http.Request.Method), new Uri(BaseAddress, $"api/datasets{path}"));
        request.Headers.Authorization = new("Bearer", (await File.ReadAllTextAsync(options.Value.WorkerTokenFile ?? own.File, cancellationToken)).Trim());
        if (http.Request.ContentLength > 0 || http.Request.Headers.TransferEncoding.Count > 0)
        {
            request.Content = new StreamContent(http.Request.Body);
            request.Content.Headers.ContentType = http.Request.ContentType is { } type ? new(type.Split(';')[0]) : null;
            request.Content.Headers.ContentLength = http.Request.ContentLength;
        }

        http.Response.Headers.CacheControl = "no-store";
        try
        {
            using var answer = await clients.CreateClient(nameof(PublishingWorker)).SendAsync(request, cancellationToken);
            return Results.Text(
                await answer.Content.ReadAsStringAsync(cancellationToken), answer.Content.Headers.ContentType?.ToString(), statusCode: (int)answer.StatusCode);
        }
        catch (Exception e) when ((e as BadHttpRequestException ?? e.InnerException as BadHttpRequestException) is { } bad)
        {
            return Results.Problem(bad.Message, statusCode: bad.StatusCode);
        }
        catch (HttpRequestException)
        {
            return Results.Problem("The worker that publishes does not answer. Try again in a few seconds.", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    private Uri BaseAddress => options.Value.Worker ?? new Uri(server.Features.Get<IServerAddressesFeature>()!.Addresses.First());
}
