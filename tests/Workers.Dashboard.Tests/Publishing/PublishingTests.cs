using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Workers.Dashboard.Tests.Accounts;
using Workers.Dashboard.Tests.Market;

namespace Workers.Dashboard.Tests.Publishing;

/// <summary>Publishing for the house over the pages' API: who may, and that nothing of it is forged or lost.</summary>
public sealed class PublishingTests : IAsyncLifetime
{
    private static readonly byte[] Data = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 500).Select(i => $"line {i}\n")));
    private MarketBench _bench = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _bench = await MarketBench.StartAsync();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Whoever_publishes_for_the_house_uploads_in_pieces_and_sees_the_token_come()
    {
        var (cookie, id) = (await _bench.SignedInAsync(MarketBench.Publisher), Guid.NewGuid());
        Assert.Equal("Draft", (await SendAsync(HttpMethod.Put, $"publishing/{id}", new { name = "Lines", format = "lines", file = "lines.txt", offer = new { price = 5_000_000_000_000_000_000m } }, cookie)).GetProperty("state").GetString());
        Assert.Equal(100, (await AppendAsync(id, 0, Data[..100], cookie)).Body.GetProperty("uploaded").GetInt64());
        var (status, there) = await AppendAsync(id, 0, Data, cookie);
        Assert.Equal((HttpStatusCode.Conflict, 100), (status, there.GetProperty("uploaded").GetInt64()));
        await AppendAsync(id, 100, Data[100..], cookie);
        await SendAsync(HttpMethod.Post, $"publishing/{id}/publish", new { }, cookie);
        var token = await PublishedAsync(id, cookie);
        var dataset = (await _bench.DatasetAsync(token, d => d.GetProperty("status").GetString() == "Sale" && d.GetProperty("name").GetString() == "Lines")).GetProperty("dataset");
        Assert.Equal(500, dataset.GetProperty("units").GetInt64());
        Assert.Equal("5000000000000000000", dataset.GetProperty("listing").GetProperty("credits").GetString());
    }

    [Fact]
    public async Task Nobody_else_publishes_or_sees_what_the_house_does()
    {
        var stranger = await _bench.SignedInAsync(2);
        foreach (var (method, path) in Routes())
        {
            using var unknown = await _bench.Http.SendAsync(_bench.Request(method, path, new { }), Cancellation);
            Assert.Equal(HttpStatusCode.Unauthorized, unknown.StatusCode);
            using var other = await _bench.Http.SendAsync(_bench.Request(method, path, new { }, stranger), Cancellation);
            Assert.Equal(HttpStatusCode.Forbidden, other.StatusCode);
            Assert.Contains("Dashboard:Publishers", await other.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        }

        Assert.False((await SendAsync(HttpMethod.Get, "session", null, stranger)).GetProperty("mayPublish").GetBoolean());
        Assert.True((await SendAsync(HttpMethod.Get, "session", null, await _bench.SignedInAsync(MarketBench.Publisher))).GetProperty("mayPublish").GetBoolean());
    }

    [Theory]
    [InlineData("Origin")]
    [InlineData("X-Market")]
    [InlineData("Content-Type")]
    public async Task Another_sites_page_publishes_nothing_in_a_publishers_browser(string missing)
    {
        var cookie = await _bench.SignedInAsync(MarketBench.Publisher);
        foreach (var (method, path) in Routes().Where(r => r.Method != HttpMethod.Get))
        {
            using var request = _bench.Request(method, path, new { }, cookie);
            if (method == HttpMethod.Patch)
            {
                request.Content = new ByteArrayContent([1]);
                request.Content.Headers.ContentType = new("application/octet-stream");
            }

            if (missing == "Content-Type")
            {
                request.Content!.Headers.ContentType = new("text/plain");
            }
            else
            {
                Assert.True(request.Headers.Remove(missing));
            }

            using var answer = await _bench.Http.SendAsync(request, Cancellation);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
            Assert.Contains(missing, await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_workers_own_refusals_come_through_and_its_token_does_not()
    {
        var cookie = await _bench.SignedInAsync(MarketBench.Publisher);
        using var refused = await _bench.Http.SendAsync(_bench.Request(HttpMethod.Put, $"publishing/{Guid.NewGuid()}", new { name = "", format = "csv", file = "a" }, cookie), Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("name", (await refused.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(refused.Headers.Concat(refused.Content.Headers), h => h.Value.Any(v => v.Contains("Bearer", StringComparison.Ordinal)));
        using var endless = await _bench.Http.SendAsync(_bench.Request(HttpMethod.Put, $"publishing/{Guid.NewGuid()}", new { name = new string('x', 100_000) }, cookie), Cancellation);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, endless.StatusCode);
    }

    private static IEnumerable<(HttpMethod Method, string Path)> Routes()
    {
        var id = Guid.NewGuid();
        yield return (HttpMethod.Get, "publishing");
        yield return (HttpMethod.Get, $"publishing/{id}");
        yield return (HttpMethod.Put, $"publishing/{id}");
        yield return (HttpMethod.Patch, $"publishing/{id}/file?offset=0");
        yield return (HttpMethod.Post, $"publishing/{id}/publish");
        yield return (HttpMethod.Delete, $"publishing/{id}");
    }

    private Task<JsonElement> SendAsync(HttpMethod method, string path, object? body, string cookie) => _bench.SendAsync(method, path, body, cookie);

    private Task<(HttpStatusCode Status, JsonElement Body)> AppendAsync(Guid id, long offset, byte[] bytes, string cookie) => _bench.AppendAsync(id, offset, bytes, cookie);

    private Task<string> PublishedAsync(Guid id, string cookie) => _bench.PublishedAsync(id, cookie);
}
