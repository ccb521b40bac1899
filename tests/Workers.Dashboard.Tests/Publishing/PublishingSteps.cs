using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Workers.Dashboard.Tests.Accounts;
using Workers.Dashboard.Tests.Market;

namespace Workers.Dashboard.Tests.Publishing;

/// <summary>What somebody of the house sends to publish.</summary>
internal static class PublishingSteps
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Publishes a file to its end.</summary>
    /// <returns>The token.</returns>
    public static async Task<string> PublishFileAsync(this MarketBench bench, object draft, byte[] file, string cookie)
    {
        var id = Guid.NewGuid();
        await bench.SendAsync(HttpMethod.Put, $"publishing/{id}", draft, cookie);
        await bench.AppendAsync(id, 0, file, cookie);
        await bench.SendAsync(HttpMethod.Post, $"publishing/{id}/publish", new { }, cookie);
        return await bench.PublishedAsync(id, cookie);
    }

    public static async Task<JsonElement> SendAsync(this MarketBench bench, HttpMethod method, string path, object? body, string cookie)
    {
        using var answer = await bench.Http.SendAsync(bench.Request(method, path, body, cookie), Cancellation);
        var text = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode} {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    public static async Task<(HttpStatusCode Status, JsonElement Body)> AppendAsync(this MarketBench bench, Guid id, long offset, byte[] bytes, string cookie)
    {
        using var request = bench.Request(HttpMethod.Patch, $"publishing/{id}/file?offset={offset}", null, cookie);
        request.Content = new ByteArrayContent(bytes);
        request.Content.Headers.ContentType = new("application/octet-stream");
        using var answer = await bench.Http.SendAsync(request, Cancellation);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation));
    }

    /// <summary>Waits for the end of a publication, making blocks.</summary>
    /// <returns>The token.</returns>
    public static async Task<string> PublishedAsync(this MarketBench bench, Guid id, string cookie)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            await bench.Node.MineAsync();
            var dataset = await bench.SendAsync(HttpMethod.Get, $"publishing/{id}", null, cookie);
            if (dataset.GetProperty("state").GetString() == "Published")
            {
                return dataset.GetProperty("tokenId").GetString()!;
            }

            Assert.True(clock.Elapsed < TimeSpan.FromMinutes(5) && dataset.GetProperty("state").GetString() != "Failed", dataset.ToString());
            await Task.Delay(200, Cancellation);
        }
    }
}
