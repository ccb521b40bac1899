using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Workers.ChainListener.Tests.Node;

/// <summary>What an endpoint does instead of answering.</summary>
public enum Fault
{
    None,

    /// <summary>eth_getLogs finds nothing, without an error, as a lagging node does.</summary>
    MissingLogs,

    /// <summary>As <see cref="MissingLogs"/>, and no receipts to look them up in.</summary>
    MissingLogsAndReceipts,

    /// <summary>Answers to another request.</summary>
    WrongIds,

    /// <summary>A web page with status 200.</summary>
    Html,

    /// <summary>Status 429.</summary>
    TooManyRequests,

    /// <summary>JSON that ends in the middle.</summary>
    Truncated,

    /// <summary>Takes the request and never answers.</summary>
    Hang,

    /// <summary>Serves another chain.</summary>
    OtherChain,
}

/// <summary>An endpoint in front of a real node.</summary>
internal sealed class FaultyEndpoint : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _node;

    private FaultyEndpoint(WebApplication app, HttpClient node) => (_app, _node) = (app, node);

    public Uri Address => new(_app.Urls.Single());

    public Fault Fault { get; set; }

    /// <summary>How many requests came.</summary>
    public int Requests { get; private set; }

    public static async Task<FaultyEndpoint> StartAsync(Uri node)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var endpoint = new FaultyEndpoint(builder.Build(), new HttpClient { BaseAddress = node });
        endpoint._app.MapPost("/", endpoint.AnswerAsync);
        await endpoint._app.StartAsync(TestContext.Current.CancellationToken);
        return endpoint;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _node.Dispose();
    }

    private static JsonNode Spoil(JsonNode request, JsonNode answer, Fault fault)
    {
        var method = request["method"]!.GetValue<string>();
        switch (fault)
        {
            case Fault.MissingLogs or Fault.MissingLogsAndReceipts when method == "eth_getLogs":
                answer["result"] = new JsonArray();
                break;
            case Fault.MissingLogsAndReceipts when method == "eth_getBlockReceipts":
                answer["result"] = null;
                break;
            case Fault.OtherChain when method == "eth_chainId":
                answer["result"] = "0x1";
                break;
            case Fault.WrongIds:
                answer["id"] = answer["id"]!.GetValue<long>() + 1_000;
                break;
        }

        return answer;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        Requests++;
        switch (Fault)
        {
            case Fault.Hang:
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
                return;
            case Fault.TooManyRequests:
                context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
                return;
            case Fault.Html:
                context.Response.ContentType = "text/html";
                await context.Response.WriteAsync("<html><body>Bad gateway</body></html>", context.RequestAborted);
                return;
        }

        var request = (await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!;
        using var reply = await _node.PostAsJsonAsync(string.Empty, request, context.RequestAborted);
        var answer = (await reply.Content.ReadFromJsonAsync<JsonNode>(context.RequestAborted))!;
        if (request is JsonArray calls)
        {
            foreach (var (call, result) in calls.OrderBy(c => c!["id"]!.GetValue<long>()).Zip(answer.AsArray().OrderBy(r => r!["id"]!.GetValue<long>())))
            {
                Spoil(call!, result!, Fault);
            }
        }
        else
        {
            Spoil(request, answer, Fault);
        }

        var text = answer.ToJsonString();
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(Fault == Fault.Truncated ? text[..(text.Length / 2)] : text, context.RequestAborted);
    }
}
