using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Testing;
using Workers.Dashboard.Tests.Market;

namespace Workers.Dashboard.Tests.Accounts;

/// <summary>Signing in over HTTP, as the page does it and as those do who should not.</summary>
public sealed class SignInTests : IAsyncLifetime
{
    private MarketBench _bench = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _bench = await MarketBench.StartAsync();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task A_wallet_signs_in_is_known_by_its_cookie_and_signs_out()
    {
        using var answer = await SignInAsync(await MessageAsync());
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("secure", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(AnvilNode.Accounts[1].Address.ToLowerInvariant(), (await SessionAsync(cookie)).GetProperty("account").GetString());
        Assert.Equal(JsonValueKind.Null, (await SessionAsync("market-session=" + new string('A', 43))).GetProperty("account").ValueKind);

        using var leaving = Request(HttpMethod.Delete, "session", null);
        leaving.Headers.Add("Cookie", cookie.Split(';')[0]);
        using var left = await _bench.Http.SendAsync(leaving, Cancellation);
        Assert.Equal(HttpStatusCode.NoContent, left.StatusCode);
        Assert.Equal(JsonValueKind.Null, (await SessionAsync(cookie)).GetProperty("account").ValueKind);
    }

    [Fact]
    public async Task A_message_signs_in_once()
    {
        var message = await MessageAsync();
        using (var first = await SignInAsync(message))
        {
            Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        }

        await AssertRefusedAsync(message, "used already");
    }

    [Fact]
    public async Task A_nonce_counts_for_five_minutes_and_a_session_for_twelve_hours()
    {
        var late = await MessageAsync();
        _bench.Clock.Shift = TimeSpan.FromMinutes(5);
        await AssertRefusedAsync(late, "has expired");
        _bench.Clock.Shift = TimeSpan.Zero;
        using var answer = await SignInAsync(await MessageAsync());
        var cookie = answer.Headers.GetValues("Set-Cookie").Single();
        _bench.Clock.Shift = TimeSpan.FromHours(11.9);
        Assert.Equal(JsonValueKind.String, (await SessionAsync(cookie)).GetProperty("account").ValueKind);
        _bench.Clock.Shift = TimeSpan.FromHours(12);
        Assert.Equal(JsonValueKind.Null, (await SessionAsync(cookie)).GetProperty("account").ValueKind);
    }

    [Fact]
    public async Task A_refused_attempt_uses_the_nonce_up()
    {
        var message = await MessageAsync();
        await AssertRefusedAsync(message, "was not signed by", signer: 2);
        await AssertRefusedAsync(message, "used already");
    }

    [Fact]
    public async Task Another_domain_another_chain_and_a_made_up_nonce_are_refused()
    {
        await AssertRefusedAsync(await MessageAsync(domain: "evil.example"), "signs in to evil.example");
        await AssertRefusedAsync(await MessageAsync(chain: 1), "is for chain 1");
        await AssertRefusedAsync(await MessageAsync(nonce: "0123456789abcdef"), "was not given out here");
        await AssertRefusedAsync("nonsense", "no sign-in with Ethereum");
    }

    [Theory]
    [InlineData("Origin")]
    [InlineData("X-Market")]
    [InlineData("Content-Type")]
    public async Task Without_one_of_the_guards_headers_nothing_is_taken(string missing)
    {
        foreach (var (method, path) in new[] { (HttpMethod.Post, "session/nonce"), (HttpMethod.Post, "session"), (HttpMethod.Delete, "session") })
        {
            using var request = Request(method, path, new { });
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
        }
    }

    [Fact]
    public async Task A_body_that_is_none_or_endless_is_refused()
    {
        using var empty = await _bench.Http.SendAsync(Request(HttpMethod.Post, "session", new { message = 7 }), Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, empty.StatusCode);
        using var unsigned = await _bench.Http.SendAsync(Request(HttpMethod.Post, "session", new { message = await MessageAsync(), signature = "0xzz" }), Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, unsigned.StatusCode);
        using var endless = await _bench.Http.SendAsync(Request(HttpMethod.Post, "session", new { message = new string('x', 100_000), signature = "0x" }), Cancellation);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, endless.StatusCode);
    }

    private async Task AssertRefusedAsync(string message, string reason, int signer = 1)
    {
        using var answer = await SignInAsync(message, signer);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains(reason, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    private async Task<JsonElement> SessionAsync(string cookie)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "market/api/session");
        request.Headers.Add("Cookie", cookie.Split(';')[0]);
        using var answer = await _bench.Http.SendAsync(request, Cancellation);
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
    }

    private Task<string> MessageAsync(string? domain = null, int chain = 31337, string? nonce = null) => _bench.MessageAsync(1, domain, chain, nonce);

    private Task<HttpResponseMessage> SignInAsync(string message, int signer = 1) => _bench.SignInAsync(message, signer);

    private HttpRequestMessage Request(HttpMethod method, string path, object? body) => _bench.Request(method, path, body);
}
