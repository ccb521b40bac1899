using System.Net;
using ContentStore;
using Ethereum.Contracts;
using Workers.Dashboard.Tests.Accounts;
using Workers.Hosting.Cryptography;

namespace Workers.Dashboard.Tests.Market;

/// <summary>Deliveries that are fetched for a browser.</summary>
public sealed class DeliveriesTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_delivery_is_handed_to_the_account_that_asked_once_it_is_signed_in_and_there()
    {
        await using var bench = await MarketBench.StartAsync();
        var token = await bench.PublishAsync(2, MarketBench.Metadata("Data"));
        using var pair = P256KeyPair.Generate();
        await bench.SendAsync(2, bench.Market, new DatasetMarket.RequestDataCall(MarketBench.Id(token), pair.PublicKey.ToArray()));
        byte[] sealedBytes = [.. Enumerable.Range(0, 300).Select(i => (byte)i)];
        var cid = Cid.Of(CidCodec.Raw, sealedBytes);
        var (asker, other) = (await bench.SignedInAsync(2), await bench.SignedInAsync(3));
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(bench, asker)).Status);
        await bench.SendAsync(2, bench.Market, new DatasetMarket.DeliverCall(1, cid.ToArray(), default));
        await bench.DatasetAsync(token, _ => true);
        while ((await bench.GetAsync($"datasets/{token}")).GetProperty("requests").EnumerateArray().All(r => r.GetProperty("cid").GetString() is null))
        {
            await Task.Delay(50, Cancellation);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(bench, asker)).Status);
        await bench.StoreAsync(sealedBytes);
        var (status, bytes) = await GetAsync(bench, asker);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(sealedBytes, bytes);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(bench, other)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(bench, cookie: null)).Status);
    }

    private static async Task<(HttpStatusCode Status, byte[] Body)> GetAsync(MarketBench bench, string? cookie)
    {
        using var answer = await bench.Http.SendAsync(bench.Request(HttpMethod.Get, "requests/1/delivery", null, cookie), Cancellation);
        return (answer.StatusCode, await answer.Content.ReadAsByteArrayAsync(Cancellation));
    }
}
