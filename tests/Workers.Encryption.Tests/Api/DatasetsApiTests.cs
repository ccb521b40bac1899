using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Ethereum;
using Ethereum.Transactions;
using Testing;
using Workers.Encryption.Datasets.Delivering;

namespace Workers.Encryption.Tests.Api;

/// <summary>Uploads, orders and downloads over HTTP, with what anybody may send.</summary>
public sealed class DatasetsApiTests(ApiFleet fleet) : IClassFixture<ApiFleet>
{
    private const long RequestId = 7;
    private static readonly LocalKeySigner Requester = new(Convert.FromHexString(AnvilNode.Accounts[1].PrivateKey[2..]));
    private static readonly byte[] Delivery = [.. Enumerable.Range(0, 10_000).Select(i => (byte)(i * 31))];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "api/datasets")]
    [InlineData("PUT", "api/datasets/00000000-0000-0000-0000-000000000001")]
    [InlineData("PATCH", "api/datasets/00000000-0000-0000-0000-000000000001/file?offset=0")]
    [InlineData("POST", "api/datasets/00000000-0000-0000-0000-000000000001/publish")]
    [InlineData("DELETE", "api/datasets/00000000-0000-0000-0000-000000000001")]
    [InlineData("GET", "api/deliveries")]
    [InlineData("PUT", "api/asked-datasets/00000000-0000-0000-0000-000000000001")]
    [InlineData("GET", "api/asked-datasets/00000000-0000-0000-0000-000000000001/file")]
    [InlineData("PUT", "api/dataset-market/purchases/00000000-0000-0000-0000-000000000001")]
    [InlineData("PUT", "api/dataset-market/withdrawals/00000000-0000-0000-0000-000000000001")]
    public async Task Nothing_answers_without_the_token(string method, string path)
    {
        using var answer = await fleet.Stranger.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task An_upload_is_told_where_to_go_on()
    {
        var id = Guid.NewGuid();
        using var described = await fleet.Http.PutAsJsonAsync($"api/datasets/{id}", new { name = "Lines", format = "lines", file = "lines.txt" }, Cancellation);
        Assert.Equal("Draft", (await described.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("state").GetString());
        using var first = await fleet.Http.PatchAsync($"api/datasets/{id}/file?offset=0", new ByteArrayContent([1, 2, 3]), Cancellation);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        using var wrong = await fleet.Http.PatchAsync($"api/datasets/{id}/file?offset=0", new ByteArrayContent([1, 2, 3]), Cancellation);
        Assert.Equal(HttpStatusCode.Conflict, wrong.StatusCode);
        Assert.Equal(3, (await wrong.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("uploaded").GetInt64());
        Assert.Equal(3, (await fleet.Http.GetFromJsonAsync<JsonElement>($"api/datasets/{id}", Cancellation)).GetProperty("uploaded").GetInt64());
        using var dropped = await fleet.Http.DeleteAsync($"api/datasets/{id}", Cancellation);
        Assert.Equal(HttpStatusCode.NoContent, dropped.StatusCode);
        using var gone = await fleet.Http.GetAsync($"api/datasets/{id}", Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task What_cannot_be_done_is_refused_with_a_reason()
    {
        await RefusedAsync("PUT", $"api/datasets/{Guid.NewGuid()}", new { name = "", format = "lines", file = "a" }, "name");
        await RefusedAsync("PUT", $"api/datasets/{Guid.NewGuid()}", new { name = "a", format = "lines", source = "../master.key" }, "SourceFolder");
        await RefusedAsync("POST", $"api/datasets/{Guid.NewGuid()}/publish", new { }, "no dataset");
        await RefusedAsync("PUT", $"api/asked-datasets/{Guid.NewGuid()}", new { tokenId = "7" }, "no token's number");
        await RefusedAsync("PUT", $"api/asked-datasets/{Guid.NewGuid()}", new { }, "no token's number");
        await RefusedAsync("PUT", $"api/dataset-market/purchases/{Guid.NewGuid()}", new { listingId = 1, tokenId = "7", amount = 1 }, "tokenId");
        await RefusedAsync("PUT", $"api/dataset-market/bids/{Guid.NewGuid()}", new { listingId = 1, tokenId = "0x" + new string('0', 64), amount = 0.5 }, "whole amount");
        await RefusedAsync("PUT", $"api/dataset-market/offers/{Guid.NewGuid()}", new { tokenId = "0x" + new string('0', 64) }, "offer");
        await RefusedAsync("PUT", $"api/dataset-market/settlements/{Guid.NewGuid()}", new { listingId = 0 }, "from 1");

        async Task RefusedAsync(string method, string path, object body, string reason)
        {
            using var answer = await fleet.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path) { Content = JsonContent.Create(body) }, Cancellation);
            var text = await answer.Content.ReadAsStringAsync(Cancellation);
            Assert.True(answer.StatusCode == HttpStatusCode.BadRequest && text.Contains(reason, StringComparison.Ordinal), $"{path}: {answer.StatusCode} {text}");
        }
    }

    [Fact]
    public async Task Whoever_asked_downloads_in_pieces_by_a_link_that_expires()
    {
        await DeliverAsync();
        using var granted = await DemandAsync(await SignAsync(Requester, Now()), Now());
        var path = (await granted.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("path").GetString()!;
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Range = new RangeHeaderValue(6_000, null);
        using var rest = await fleet.Stranger.SendAsync(request, Cancellation);
        Assert.Equal((HttpStatusCode.PartialContent, "\"bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku\""), (rest.StatusCode, rest.Headers.ETag!.Tag));
        Assert.Equal(Delivery[6_000..], await rest.Content.ReadAsByteArrayAsync(Cancellation));
        Assert.Equal(Delivery, await fleet.Stranger.GetByteArrayAsync(path, Cancellation));

        foreach (var forged in new[] { path.Replace("deliveries/7", "deliveries/8", StringComparison.Ordinal), path.Replace("expires=", "expires=9", StringComparison.Ordinal), path[..^1], "/deliveries/7?expires=99999999999&signature=AAAA" })
        {
            using var refused = await fleet.Stranger.GetAsync(forged, Cancellation);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }
    }

    [Fact]
    public async Task A_link_is_given_for_a_fresh_signature_of_the_requester_alone()
    {
        await DeliverAsync();
        using var stranger = new LocalKeySigner(Convert.FromHexString(AnvilNode.Accounts[2].PrivateKey[2..]));
        var now = Now();
        var good = await SignAsync(Requester, now);
        (string Signature, long IssuedAt, long Request, string Reason)[] refused =
        [
            (await SignAsync(stranger, now), now, RequestId, "not signed by"),
            (await SignAsync(Requester, now, request: 8), now, RequestId, "not signed by"),
            (await SignAsync(Requester, now, chainId: 1), now, RequestId, "not signed by"),
            (good, now + 1, RequestId, "not signed by"),
            ("0x", now, RequestId, "not signed by"),
            ("nothing", now, RequestId, "not signed by"),
            (await SignAsync(Requester, now - 301), now - 301, RequestId, "Sign a new one"),
            (await SignAsync(Requester, now + 400), now + 400, RequestId, "Sign a new one"),
            (await SignAsync(Requester, now), long.MinValue, RequestId, "Sign a new one"),
            (good, now, 8, "No delivery"),
        ];
        foreach (var (signature, issuedAt, request, reason) in refused)
        {
            using var answer = await DemandAsync(signature, issuedAt, request);
            var text = await answer.Content.ReadAsStringAsync(Cancellation);
            Assert.True(!answer.IsSuccessStatusCode && text.Contains(reason, StringComparison.Ordinal), $"{reason}: {answer.StatusCode} {text}");
        }
    }

    private static long Now() => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    private async Task<string> SignAsync(LocalKeySigner signer, long issuedAt, long request = RequestId, ulong chainId = 31337) =>
        Hex.ToString(PersonalMessage.ToBytes(await signer.SignTypedDataAsync(DownloadLink.Demand(chainId, Address.Parse(ApiFleet.DatasetMarket), request, issuedAt), Cancellation)));

    private Task<HttpResponseMessage> DemandAsync(string signature, long issuedAt, long request = RequestId) =>
        fleet.Stranger.PostAsJsonAsync(string.Create(CultureInfo.InvariantCulture, $"deliveries/{request}/link"), new { issuedAt, signature }, Cancellation);

    private Task<int> DeliverAsync() => fleet.WithDbAsync(async db =>
    {
        if (await db.Deliveries.FindAsync([RequestId], Cancellation) is not null)
        {
            return 0;
        }

        var file = fleet.Encryption.DeliveryFile(RequestId);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllBytesAsync(file, Delivery, Cancellation);
        db.Deliveries.Add(new DeliveryRow
        {
            RequestId = RequestId,
            RequestBlockHash = "0x01",
            DatasetId = Guid.NewGuid(),
            Requester = Requester.Address.ToString(),
            State = DeliveryState.Sent,
            Cid = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku",
            At = default,
        });
        return await db.SaveChangesAsync(Cancellation);
    });
}
