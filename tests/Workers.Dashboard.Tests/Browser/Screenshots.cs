using System.Text;
using Ethereum.Contracts;
using Microsoft.Playwright;
using Workers.Dashboard.Tests.Accounts;
using Workers.Dashboard.Tests.Market;
using Workers.Dashboard.Tests.Publishing;
using static Microsoft.Playwright.Assertions;

namespace Workers.Dashboard.Tests.Browser;

/// <summary>The pages with a small market on them, as docs/screenshots shows them; scripts/screenshots runs this with the folder in SCREENSHOTS. Without one nothing is written.</summary>
[Collection(BrowserBench.OneAtATime)]
public sealed class Screenshots(BrowserBench browser)
{
    private const int MaxBytes = 150_000;

    private static readonly (string Name, string Format, string Text, string[] Tags, DatasetMarket.Offer? Offer)[] Datasets =
    [
        ("Turbine vibration, hall 3", "csv", "Accelerometers of six turbines at 10 kHz, one day in March 2026. Columns: time, turbine, g.", ["energy", "vibration"], MarketBench.Sale(40)),
        ("City traffic counts", "csv", "Loops at 212 crossings, by the minute.", ["traffic", "city"], MarketBench.Auction(25, 200_000)),
        ("Soil moisture, upper valley", "lines", "One JSON object per line and hour.", ["weather", "farming"], MarketBench.Sale(12)),
        ("Weld seam images", "blocks", "Fixed blocks of 4 KiB from a line camera.", ["images", "quality"], null),
        ("Tidal gauges", "csv", "Water levels of nine harbours.", ["weather", "sea"], MarketBench.Auction(8, 90_000)),
        ("Machine logs, plant B", "lines", "Two years of a packing line's controller.", ["factory"], MarketBench.Sale(150)),
    ];

    [Fact]
    public async Task Every_page_can_be_shown()
    {
        var market = await browser.MarketAsync();
        var tokens = new List<string>();
        foreach (var (name, format, text, tags, offer) in Datasets)
        {
            tokens.Add(await market.PublishAsync(1, MarketBench.Metadata(name, format, text, tags), offer));
        }

        // The pages that list datasets ask once: every name has to be read before they are opened.
        foreach (var token in tokens)
        {
            await market.DatasetAsync(token, d => d.GetProperty("name").ValueKind == System.Text.Json.JsonValueKind.String);
        }

        var listing = async (int i) => (await market.DatasetAsync(tokens[i], d => d.GetProperty("listing").ValueKind == System.Text.Json.JsonValueKind.Object && d.GetProperty("name").ValueKind == System.Text.Json.JsonValueKind.String))
            .GetProperty("dataset").GetProperty("listing").GetProperty("listingId").GetInt64();
        await market.BidAsync(3, await listing(1), tokens[1], 30);
        await market.BidAsync(4, await listing(1), tokens[1], 34);
        await market.BuyAsync(2, await listing(2), tokens[2], 12);
        await market.SendAsync(1, market.Token, new MarketToken.SafeTransferFromCall(MarketBench.Account(1), MarketBench.Account(2), MarketBench.Id(tokens[3]), 1, []));
        await market.DatasetAsync(tokens[3], d => MarketBench.Is(d, "Held", MarketBench.Account(2)));
        await market.DatasetAsync(tokens[1], d => d.GetProperty("listing") is { ValueKind: System.Text.Json.JsonValueKind.Object } l && l.GetProperty("bids").GetInt32() == 2);

        await using var wide = await browser.VisitAsync(account: 2, width: 960);
        await wide.OpenAsync("/");
        await wide.ConnectAsync();
        await wide.Button("Sign in").ClickAsync();
        await Expect(wide.Page.GetByText("signed in", new() { Exact = true })).ToBeVisibleAsync();
        await ShowAsync(wide, "browse", "Turbine vibration, hall 3");
        await FollowAsync(wide, "City traffic counts");
        await ShowAsync(wide, "auction", "Your bid in credits");
        await wide.OpenAsync("/mine");
        await wide.ConnectAgainAsync();
        await ShowAsync(wide, "my-datasets", "In your account");
        await FollowAsync(wide, "Weld seam images");
        await wide.Button("Make a key").ClickAsync();
        await ShowAsync(wide, "owner", "Save it as a file");
        await wide.OpenAsync("/participants");
        await ShowAsync(wide, "participants", "Volume");
        await wide.Page.SetViewportSizeAsync(960, 520);
        await wide.OpenAsync("/history");
        await ShowAsync(wide, "history", "Block, transaction");

        await ShowHouseAsync(market);

        await using var phone = await browser.VisitAsync(account: 2, width: 360, scheme: ColorScheme.Dark);
        await phone.OpenAsync("/");
        await phone.ConnectAsync();
        await ShowAsync(phone, "phone-browse", "Turbine vibration, hall 3");
        await FollowAsync(phone, "Turbine vibration, hall 3");
        await ShowAsync(phone, "phone-dataset", "Buy for 40 credits");
        await phone.OpenAsync("/history");
        await ShowAsync(phone, "phone-history", "Tidal gauges");
    }

    /// <summary>Publishing, and opening what was delivered.</summary>
    private async Task ShowHouseAsync(MarketBench market)
    {
        var file = Encoding.UTF8.GetBytes("day,part,hours\n" + string.Concat(Enumerable.Range(0, 3_000).Select(i => $"{i},bearing {i % 9},{i % 24}\n")));
        var draft = new { name = "Maintenance, hall 3", format = "csv", file = "maintenance.csv", offer = new { price = 20_000_000_000_000_000_000m } };
        var token = await market.PublishFileAsync(draft, file, await market.SignedInAsync(MarketBench.Publisher));
        var offered = await market.DatasetAsync(token, d => d.GetProperty("listing").ValueKind == System.Text.Json.JsonValueKind.Object);
        await using var publisher = await browser.VisitAsync(account: MarketBench.Publisher, width: 960);
        await publisher.OpenAsync("/publish");
        await publisher.ConnectAsync();
        await publisher.Button("Sign in").ClickAsync();
        await publisher.Page.SetViewportSizeAsync(960, 960);
        await ShowAsync(publisher, "publish", "Datasets of this house");

        await market.BuyAsync(2, offered.GetProperty("dataset").GetProperty("listing").GetProperty("listingId").GetInt64(), token, 20);
        await market.DatasetAsync(token, d => MarketBench.Is(d, "Held", MarketBench.Account(2)));
        await using var owner = await browser.VisitAsync(account: 2, width: 960);
        await owner.OpenAsync($"/datasets/{token}");
        await owner.ConnectAsync();
        await owner.Button("Sign in").ClickAsync();
        await Expect(owner.Page.GetByText("signed in", new() { Exact = true })).ToBeVisibleAsync();
        await owner.Button("Make a key").ClickAsync();
        await owner.Button("Ask for the data").ClickAsync();
        await owner.SeesAsync("waits for the publisher");
        var open = owner.Button("Open it");
        for (var attempt = 0; attempt < 1_500 && !await open.IsVisibleAsync(); attempt++)
        {
            await market.Node.MineAsync();
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }

        await open.ClickAsync();
        await owner.Page.GetByText("Your requests").ScrollIntoViewIfNeededAsync();
        await ShowAsync(owner, "delivery", "Save maintenance.csv");
    }

    private static Task FollowAsync(Visitor visitor, string name) => visitor.Page.GetByRole(AriaRole.Link, new() { Name = name }).First.ClickAsync();

    private static async Task ShowAsync(Visitor visitor, string name, string text)
    {
        await visitor.SeesAsync(text);
        await visitor.AssertFitsAsync();
        var picture = await visitor.Page.ScreenshotAsync(new() { FullPage = false });
        Assert.InRange(picture.Length, 1_000, MaxBytes);
        if (Environment.GetEnvironmentVariable("SCREENSHOTS") is { Length: > 0 } folder)
        {
            Directory.CreateDirectory(folder);
            await File.WriteAllBytesAsync(Path.Combine(folder, $"{name}.png"), picture, TestContext.Current.CancellationToken);
        }
    }
}
