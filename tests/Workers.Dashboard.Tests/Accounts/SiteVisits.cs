using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Ethereum.Transactions;
using Testing;
using Workers.Dashboard.Tests.Market;

namespace Workers.Dashboard.Tests.Accounts;

/// <summary>What the market's own page sends.</summary>
internal static class SiteVisits
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A request with the headers of the market's own page.</summary>
    public static HttpRequestMessage Request(this MarketBench bench, HttpMethod method, string path, object? body, string? cookie = null)
    {
        var request = new HttpRequestMessage(method, "market/api/" + path) { Content = JsonContent.Create(body ?? new { }) };
        request.Headers.Add("Origin", bench.Http.BaseAddress!.GetLeftPart(UriPartial.Authority));
        request.Headers.Add("X-Market", "1");
        if (cookie is not null)
        {
            request.Headers.Add("Cookie", cookie);
        }

        return request;
    }

    /// <summary>A message to sign in with.</summary>
    public static async Task<string> MessageAsync(this MarketBench bench, int account, string? domain = null, int chain = 31337, string? nonce = null)
    {
        var site = bench.Http.BaseAddress!;
        using var answer = await bench.Http.SendAsync(bench.Request(HttpMethod.Post, "session/nonce", new { }), Cancellation);
        nonce ??= (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("nonce").GetString();
        return $"{domain ?? site.Authority} wants you to sign in with your Ethereum account:\n{AnvilNode.Accounts[account].Address}\n\nSign in to the market.\n\n"
            + $"URI: {site}\nVersion: 1\nChain ID: {chain}\nNonce: {nonce}\nIssued At: {TimeProvider.System.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss'Z'}";
    }

    /// <summary>Signs a message and signs in with it.</summary>
    public static async Task<HttpResponseMessage> SignInAsync(this MarketBench bench, string message, int signer)
    {
        using var key = new LocalKeySigner(Convert.FromHexString(AnvilNode.Accounts[signer].PrivateKey.AsSpan(2)));
        var signature = PersonalMessage.ToBytes(await key.SignMessageAsync(Encoding.UTF8.GetBytes(message), Cancellation));
        return await bench.Http.SendAsync(bench.Request(HttpMethod.Post, "session", new { message, signature = "0x" + Convert.ToHexStringLower(signature) }), Cancellation);
    }

    /// <summary>The cookie of somebody who is signed in.</summary>
    public static async Task<string> SignedInAsync(this MarketBench bench, int account)
    {
        using var answer = await bench.SignInAsync(await bench.MessageAsync(account), account);
        return answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }
}
