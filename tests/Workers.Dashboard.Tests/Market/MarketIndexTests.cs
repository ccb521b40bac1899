using System.Net;
using System.Text.Json;
using Ethereum;
using Ethereum.Contracts;
using Testing;
using static Workers.Dashboard.Tests.Market.MarketBench;

namespace Workers.Dashboard.Tests.Market;

/// <summary>The index against the real contracts on anvil.</summary>
public sealed class MarketIndexTests(RealServers servers)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Sqlite")]
    [InlineData("PostgreSql")]
    public async Task A_dataset_is_found_sold_and_offered_again_and_its_history_tells_so(string database)
    {
        await using var bench = await StartOnAsync(database, servers);
        var token = await bench.PublishAsync(1, Metadata("Turbine vibration", "csv", "hall three", "energy"), Sale(40));
        var other = await bench.PublishAsync(2, Metadata("Turbine noise", "lines"));
        await bench.DatasetAsync(other, d => d.GetProperty("metadata").GetString() == "Read");
        var body = await bench.DatasetAsync(token, d => d.GetProperty("metadata").GetString() == "Read" && Is(d, "Sale", Account(1)) && d.GetProperty("listing").ValueKind == JsonValueKind.Object);
        var dataset = body.GetProperty("dataset");
        Assert.Equal(Credits(40).ToString(System.Globalization.CultureInfo.InvariantCulture), dataset.GetProperty("listing").GetProperty("credits").GetString());
        Assert.Equal(["Listed", "Published"], Kinds(body.GetProperty("history")));

        Assert.Equal([token], await TokensAsync(bench, "search=turb%20ener"));
        Assert.Equal([token], await TokensAsync(bench, "search=TURBINE&status=sale"));
        Assert.Equal([token], await TokensAsync(bench, "format=csv"));
        Assert.Equal([token], await TokensAsync(bench, $"search={token}"));
        Assert.Equal([token], await TokensAsync(bench, $"search={Account(1)}"));
        Assert.Empty(await TokensAsync(bench, "search=urbine"));
        Assert.Equal(token, (await TokensAsync(bench, "sort=cheapest"))[0]);
        Assert.Equal(token, (await TokensAsync(bench, "sort=name"))[1]);

        await bench.BuyAsync(3, 1, token, 40);
        body = await bench.DatasetAsync(token, d => Is(d, "Held", Account(3)));
        Assert.Equal(["Sold", "Listed", "Published"], Kinds(body.GetProperty("history")));
        var hash = body.GetProperty("history")[0].GetProperty("transactionHash").GetString();
        Assert.Contains("Sold", Kinds(await bench.GetAsync($"transactions/{hash}")));
        var account = await bench.GetAsync($"accounts/{Account(3).ToChecksumString()}/datasets");
        Assert.Equal(token, account.GetProperty("owned")[0].GetProperty("tokenId").GetString());
        var participants = (await bench.GetAsync("participants")).GetProperty("items").EnumerateArray().ToDictionary(p => p.GetProperty("account").GetString()!);
        Assert.Equal((0, 1, 1), Counts(participants[Account(3).ToString()]));
        Assert.Equal((1, 0, 0), Counts(participants[Account(1).ToString()]));

        // The new owner offers it by sending it to the market.
        var offer = new OfferData(Auction(5)).Encode();
        await bench.SendAsync(3, bench.Token, new MarketToken.SafeTransferFromCall(Account(3), bench.Market, Id(token), 1, offer));
        await bench.BidAsync(4, 2, token, 5);
        await bench.BidAsync(5, 2, token, 7);
        body = await bench.DatasetAsync(token, d => Is(d, "Auction", Account(3)) && d.GetProperty("listing").GetProperty("bids").GetInt32() == 2);
        Assert.Equal(Credits(8).ToString(System.Globalization.CultureInfo.InvariantCulture), body.GetProperty("dataset").GetProperty("listing").GetProperty("credits").GetString());
        Assert.Equal(["BidPlaced", "BidPlaced", "Listed", "Sold", "Listed", "Published"], Kinds(body.GetProperty("history")));
        await bench.PassAsync(3_700);
        await bench.SendAsync(0, bench.Market, new DatasetMarket.SettleCall(2));
        await bench.DatasetAsync(token, d => Is(d, "Held", Account(5)));
        Assert.Equal("Sold", (await bench.GetAsync("listings/2")).GetProperty("status").GetString());
        Assert.Equal("BidPlaced", (await bench.GetAsync("history")).GetProperty("items")[1].GetProperty("kind").GetString());
    }

    [Theory]
    [InlineData("Sqlite")]
    [InlineData("PostgreSql")]
    public async Task A_sale_that_a_reorganisation_took_back_is_taken_back_here(string database)
    {
        await using var bench = await StartOnAsync(database, servers);
        var token = await bench.PublishAsync(1, Metadata("Reorganised"), Sale(40));
        await bench.DatasetAsync(token, d => Is(d, "Sale", Account(1)));
        await bench.BuyAsync(3, 1, token, 40);
        await bench.DatasetAsync(token, d => Is(d, "Held", Account(3)));
        await bench.Node.ReorganiseAsync(1);
        await bench.Node.MineAsync();
        var body = await bench.DatasetAsync(token, d => Is(d, "Sale", Account(1)));
        Assert.Equal(["Listed", "Published"], Kinds(body.GetProperty("history")));
        Assert.Equal("Sale", (await bench.GetAsync("listings/1")).GetProperty("status").GetString());
        Assert.Equal("0", (await bench.GetAsync("participants")).GetProperty("items")[0].GetProperty("volume").GetString());
    }

    [Theory]
    [InlineData("Sqlite")]
    [InlineData("PostgreSql")]
    public async Task Requests_and_answers_are_told_and_so_is_a_price_in_a_unit_of_account(string database)
    {
        await using var bench = await StartOnAsync(database, servers);
        var unit = new Hash32("EUR                             "u8);
        await bench.SendAsync(5, bench.Market, new DatasetMarket.SetRateCall(unit, Credits(2)));
        var offer = new DatasetMarket.Offer(Credits(3), 0, unit, Account(5), 600, 0, 0);
        var priced = await bench.PublishAsync(1, Metadata("Priced in euro"), offer);
        var token = await bench.PublishAsync(1, Metadata("Asked for"));
        using var key = System.Security.Cryptography.ECDiffieHellman.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        byte[] publicKey = [4, .. point.X!, .. point.Y!];
        await bench.SendAsync(1, bench.Market, new DatasetMarket.RequestDataCall(Id(token), publicKey));
        var cid = ContentStore.Cid.Of(ContentStore.CidCodec.Raw, [1, 2, 3]);
        await bench.SendAsync(1, bench.Market, new DatasetMarket.DeliverCall(1, cid.ToArray(), new Hash32(new byte[32])));

        var listing = (await bench.DatasetAsync(priced, d => d.GetProperty("listing") is { ValueKind: JsonValueKind.Object } l && l.GetProperty("credits").ValueKind == JsonValueKind.String)).GetProperty("dataset").GetProperty("listing");
        Assert.Equal(Credits(6).ToString(System.Globalization.CultureInfo.InvariantCulture), listing.GetProperty("credits").GetString());
        await bench.DatasetAsync(token, d => d.GetProperty("metadata").GetString() == "Read");
        var clock = System.Diagnostics.Stopwatch.StartNew();
        JsonElement request;
        do
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), "the delivery was never told");
            await Task.Delay(100, Cancellation);
            request = (await bench.GetAsync($"accounts/{Account(1)}/datasets")).GetProperty("requests").EnumerateArray().FirstOrDefault();
        }
        while (request.ValueKind == JsonValueKind.Undefined || request.GetProperty("cid").ValueKind == JsonValueKind.Null);
        Assert.Equal(cid.ToString(), request.GetProperty("cid").GetString());
        Assert.Equal("0x" + Convert.ToHexStringLower(publicKey), request.GetProperty("publicKey").GetString());
        Assert.Equal("Asked for", request.GetProperty("name").GetString());
    }

    [Theory]
    [InlineData("Sqlite")]
    [InlineData("PostgreSql")]
    public async Task Bad_metadata_is_shown_as_bad_missing_metadata_is_waited_for_and_neither_hides_the_others(string database)
    {
        await using var bench = await StartOnAsync(database, servers, new() { ["Dashboard:FetchPatience"] = "00:00:02", ["Dashboard:MissingSchedule"] = "00:00:01" });
        var bad = await bench.PublishAsync(1, """{"name":"<script>alert(1)</script>"}""");
        var huge = await bench.PublishAsync(1, Metadata("Huge") + new string(' ', 70_000));
        var late = await bench.PublishAsync(1, Metadata("Late"), store: false);
        var good = await bench.PublishAsync(1, Metadata("Good"));
        var body = await bench.DatasetAsync(bad, d => d.GetProperty("metadata").GetString() == "Refused");
        Assert.Contains("properties", body.GetProperty("dataset").GetProperty("problem").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, body.GetProperty("dataset").GetProperty("name").ValueKind);
        await bench.DatasetAsync(huge, d => d.GetProperty("metadata").GetString() == "Refused");
        await bench.DatasetAsync(good, d => d.GetProperty("metadata").GetString() == "Read");
        await bench.DatasetAsync(late, d => d.GetProperty("metadata").GetString() == "Missing");
        Assert.Equal(4, (await bench.GetAsync("datasets")).GetProperty("total").GetInt32());
        await bench.StoreAsync(System.Text.Encoding.UTF8.GetBytes(Metadata("Late")));
        await bench.DatasetAsync(late, d => d.GetProperty("name").GetString() == "Late");
    }

    [Theory]
    [InlineData("Sqlite")]
    [InlineData("PostgreSql")]
    public async Task What_cannot_be_answered_is_said(string database)
    {
        await using var bench = await StartOnAsync(database, servers);
        (string Path, HttpStatusCode Status)[] answers =
        [
            ("datasets?status=nonsense", HttpStatusCode.BadRequest),
            ("datasets?status=none", HttpStatusCode.BadRequest),
            ("datasets?sort=7", HttpStatusCode.BadRequest),
            ("datasets?page=x", HttpStatusCode.BadRequest),
            ("datasets/0x01", HttpStatusCode.NotFound),
            ("listings/99", HttpStatusCode.NotFound),
            ("accounts/0x1/datasets", HttpStatusCode.BadRequest),
            ("nothing", HttpStatusCode.NotFound),
            ("datasets?page=2147483647&search=%25_'%3B--", HttpStatusCode.OK),
            ("config", HttpStatusCode.OK),
            ("head", HttpStatusCode.OK),
        ];
        foreach (var (path, status) in answers)
        {
            using var answer = await bench.Http.GetAsync("market/api/" + path, Cancellation);
            Assert.Equal((path, status), (path, answer.StatusCode));
        }
    }

    private static async Task<string[]> TokensAsync(MarketBench bench, string query) =>
        [.. (await bench.GetAsync("datasets?" + query)).GetProperty("items").EnumerateArray().Select(d => d.GetProperty("tokenId").GetString()!)];

    private static string[] Kinds(JsonElement history) => [.. history.EnumerateArray().Select(h => h.GetProperty("kind").GetString()!).Where(k => k != "Moved")];

    private static (int Published, int Owned, int Bought) Counts(JsonElement p) => (p.GetProperty("published").GetInt32(), p.GetProperty("owned").GetInt32(), p.GetProperty("bought").GetInt32());
}
