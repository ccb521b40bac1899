using System.Text.Json;
using System.Text.RegularExpressions;
using Ethereum.Contracts;
using Microsoft.Playwright;
using Testing;
using Workers.Dashboard.Tests.Market;
using static Microsoft.Playwright.Assertions;

namespace Workers.Dashboard.Tests.Browser;

/// <summary>The market as people use it, against the real contracts.</summary>
[Collection(BrowserBench.OneAtATime)]
public sealed class TradingTests(BrowserBench browser)
{
    [Fact]
    public async Task A_visitor_finds_a_dataset_signs_in_buys_it_and_offers_it_again()
    {
        var market = await browser.MarketAsync();
        var token = await market.PublishAsync(1, MarketBench.Metadata("Tidal gauges of the north", "csv", "Water levels", "tides"), MarketBench.Sale(40));
        await market.DatasetAsync(token, d => d.GetProperty("name").ValueKind == JsonValueKind.String && d.GetProperty("listing").ValueKind == JsonValueKind.Object);
        await using var visitor = await browser.VisitAsync(account: 5);
        await visitor.OpenAsync("/");
        await visitor.Page.GetByRole(AriaRole.Searchbox, new() { Name = "Search" }).FillAsync("tidal gau nor");
        await Expect(visitor.Text("1 dataset")).ToBeVisibleAsync();
        await Expect(visitor.Page).ToHaveURLAsync(new Regex("/\\?search=tidal\\+gau\\+nor$", RegexOptions.None, TimeSpan.FromSeconds(1)));
        await visitor.Page.GetByRole(AriaRole.Link, new() { Name = "Tidal gauges of the north" }).ClickAsync();
        await Expect(visitor.Heading("Tidal gauges of the north")).ToBeVisibleAsync();

        await visitor.ConnectAsync();
        await visitor.Button("Sign in").ClickAsync();
        await Expect(visitor.Page.GetByText("signed in", new() { Exact = true })).ToBeVisibleAsync();
        await visitor.Button("Buy for 40 credits").ClickAsync();
        await visitor.SeesAsync("Buy for 40 credits: done in block");
        await Expect(visitor.Heading("This dataset is yours")).ToBeVisibleAsync();
        await Expect(visitor.Page.GetByRole(AriaRole.Cell, new() { NameRegex = new Regex("bought from", RegexOptions.None, TimeSpan.FromSeconds(1)) })).ToBeVisibleAsync();

        // Bought with exactly what was allowed.
        Assert.Equal(0, await AllowanceAsync(market, 5));

        await visitor.Page.GetByRole(AriaRole.Link, new() { Name = "My datasets" }).ClickAsync();
        await Expect(visitor.Page.GetByRole(AriaRole.Region, new() { Name = "Owned" }).GetByText("Tidal gauges of the north")).ToBeVisibleAsync();
        await visitor.Page.GetByRole(AriaRole.Link, new() { Name = "Tidal gauges of the north" }).ClickAsync();
        await visitor.Page.GetByLabel("Price in credits").FillAsync("55.5");
        await visitor.Button("Offer").ClickAsync();
        await Expect(visitor.Page.GetByRole(AriaRole.Region, new() { Name = "For sale" }).GetByText("55.5 credits")).ToBeVisibleAsync();
        var dataset = (await market.DatasetAsync(token, d => d.GetProperty("status").GetString() == "Sale")).GetProperty("dataset");
        Assert.Equal("55500000000000000000", dataset.GetProperty("listing").GetProperty("price").GetString());

        // The session outlives the wallet's connection.
        await visitor.Page.ReloadAsync();
        await visitor.SeesAsync("signed in as");
        await visitor.Button("Sign out").ClickAsync();
        await Expect(visitor.Text("signed in as")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Two_bid_time_passes_and_the_highest_bidder_settles()
    {
        var market = await browser.MarketAsync();
        var token = await market.PublishAsync(1, MarketBench.Metadata("Auctioned traffic counts"), MarketBench.Auction(10, seconds: 86_400));
        await market.DatasetAsync(token, d => d.GetProperty("listing").ValueKind == JsonValueKind.Object);
        await using var first = await browser.VisitAsync(account: 3);
        await using var second = await browser.VisitAsync(account: 4);
        await first.OpenAsync($"/datasets/{token}");
        await second.OpenAsync($"/datasets/{token}");
        await first.ConnectAsync();
        await second.ConnectAsync();

        await first.Page.GetByLabel("Your bid in credits").FillAsync("9");
        await first.Button("Bid").ClickAsync();
        await first.SeesAsync("at least 10 credits.");
        await first.Page.GetByLabel("Your bid in credits").FillAsync("10");
        await first.Button("Bid").ClickAsync();
        await first.SeesAsync("Bid 10 credits: done in block");

        await second.SeesAsync("At least 11 credits.");
        await second.Page.GetByLabel("Your bid in credits").FillAsync("12");
        await second.Button("Bid").ClickAsync();
        await second.SeesAsync("Bid 12 credits: done in block");

        await market.PassAsync(90_000);
        await second.Page.ReloadAsync();
        await second.ConnectAsync();
        await second.Button("Settle the auction").ClickAsync();
        await Expect(second.Heading("This dataset is yours")).ToBeVisibleAsync();

        // What the other one had bid is set aside, and fetched.
        await first.Page.GetByRole(AriaRole.Link, new() { Name = "My datasets" }).ClickAsync();
        await first.Button("Fetch it").ClickAsync();
        await first.SeesAsync("Fetch what is set aside: done in block");
        await Expect(first.Text("Set aside in the market: 0 credits")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task An_owner_makes_a_key_saves_it_and_asks_for_the_data()
    {
        var market = await browser.MarketAsync();
        var token = await market.PublishAsync(5, MarketBench.Metadata("Asked for by its owner"));
        await market.DatasetAsync(token, d => d.GetProperty("name").ValueKind == JsonValueKind.String);
        await using var owner = await browser.VisitAsync(account: 5);
        await owner.OpenAsync($"/datasets/{token}");
        await owner.ConnectAsync();
        await owner.Button("Make a key").ClickAsync();
        var download = await owner.Page.RunAndWaitForDownloadAsync(() => owner.Page.GetByRole(AriaRole.Link, new() { Name = "Save it as a file" }).ClickAsync());
        using var file = JsonDocument.Parse(await File.ReadAllTextAsync(await download.PathAsync(), TestContext.Current.CancellationToken));
        await owner.Button("Ask for the data").ClickAsync();
        await owner.SeesAsync("Ask for the data: done in block");
        await owner.SeesAsync("waits for the publisher (key in this browser)");

        var request = (await market.GetAsync($"accounts/{MarketBench.Account(5)}/datasets")).GetProperty("requests").EnumerateArray().Single(r => r.GetProperty("tokenId").GetString() == token);
        Assert.Equal(file.RootElement.GetProperty("publicKey").GetString(), request.GetProperty("publicKey").GetString());
        var key = file.RootElement.GetProperty("key");
        using var saved = System.Security.Cryptography.ECDiffieHellman.Create(new System.Security.Cryptography.ECParameters
        {
            Curve = System.Security.Cryptography.ECCurve.NamedCurves.nistP256,
            D = System.Buffers.Text.Base64Url.DecodeFromChars(key.GetProperty("d").GetString()),
        });
        var point = saved.ExportParameters(includePrivateParameters: false).Q;
        Assert.Equal("0x04" + Convert.ToHexStringLower(point.X!) + Convert.ToHexStringLower(point.Y!), request.GetProperty("publicKey").GetString());
    }

    [Fact]
    public async Task What_the_wallet_or_the_contract_refuses_is_said()
    {
        var market = await browser.MarketAsync();
        var token = await market.PublishAsync(1, MarketBench.Metadata("Wanted by two"), MarketBench.Sale(7));
        var dear = await market.PublishAsync(1, MarketBench.Metadata("Dear"), MarketBench.Sale(1_000_000));
        var body = await market.DatasetAsync(token, d => d.GetProperty("listing").ValueKind == JsonValueKind.Object);
        await market.DatasetAsync(dear, d => d.GetProperty("listing").ValueKind == JsonValueKind.Object);
        await using var visitor = await browser.VisitAsync(account: 2);
        await visitor.OpenAsync($"/datasets/{dear}");
        await visitor.ConnectAsync();
        var buyDear = new Regex("^Buy for", RegexOptions.None, TimeSpan.FromSeconds(1));
        await visitor.Page.GetByRole(AriaRole.Button, new() { NameRegex = buyDear }).ClickAsync();
        await visitor.SeesAsync("(ERC20InsufficientBalance)");

        await visitor.OpenAsync($"/datasets/{token}");
        await visitor.ConnectAsync();
        await visitor.Page.EvaluateAsync("() => { window.declines = true; }");
        await visitor.Button("Buy for 7 credits").ClickAsync();
        await visitor.SeesAsync("You declined it in the wallet.");
        await visitor.Page.EvaluateAsync("() => { window.declines = false; }");

        // The page asks again every few seconds, and must not hear of the sale before its visitor clicks.
        await visitor.Page.RouteAsync("**/market/api/datasets/*", route => route.FulfillAsync(new() { ContentType = "application/json", Body = body.ToString() }));
        await market.BuyAsync(3, body.GetProperty("dataset").GetProperty("listing").GetProperty("listingId").GetInt64(), token, 7);
        await visitor.Button("Buy for 7 credits").ClickAsync();
        await visitor.SeesAsync("The offer has ended or changed meanwhile");
    }

    [Fact]
    public async Task A_wallet_that_does_not_know_the_chain_is_told_of_it()
    {
        await using var visitor = await browser.VisitAsync(account: 2, chain: "0x1", knowsChain: false);
        await visitor.OpenAsync("/mine");
        await visitor.Page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Button, new() { Name = "Connect wallet" }).ClickAsync();
        await visitor.Button("Switch to Market chain").First.ClickAsync();
        await Expect(visitor.Button("Sign in")).ToBeVisibleAsync();
        Assert.Equal("0x7a69", await visitor.Page.EvaluateAsync<string>("() => window.addedChain.chainId"));
    }

    private static async Task<System.Numerics.BigInteger> AllowanceAsync(MarketBench market, int account)
    {
        var data = "0x" + Convert.ToHexStringLower(new MarketToken.AllowanceCall(MarketBench.Account(account), market.Market).Encode());
        return MarketBench.Id((await market.Node.CallAsync("eth_call", new { to = market.Token.ToString(), data }, "latest")).GetString()!);
    }
}
