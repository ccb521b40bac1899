using System.Net;
using Microsoft.Playwright;
using Workers.Dashboard.Tests.Market;
using static Microsoft.Playwright.Assertions;

namespace Workers.Dashboard.Tests.Browser;

/// <summary>What every page has to keep: narrow windows, the keyboard, no wallet, hostile texts, headers.</summary>
[Collection(BrowserBench.OneAtATime)]
public sealed class PageTests(BrowserBench browser)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task No_page_is_wider_than_a_phone(ColorScheme scheme)
    {
        var market = await browser.MarketAsync();
        var name = new string('W', 120);
        var token = await market.PublishAsync(1, MarketBench.Metadata(name, "csv", new string('d', 2_000), new string('t', 40)), MarketBench.Auction(123_456_789));
        await market.DatasetAsync(token, d => d.GetProperty("name").GetString() == name && d.GetProperty("listing").ValueKind == System.Text.Json.JsonValueKind.Object);
        await using var visitor = await browser.VisitAsync(account: 1, width: 360, scheme: scheme);
        foreach (var path in new[] { "/", $"/datasets/{token}", "/mine", "/participants", "/history", "/nowhere" })
        {
            await visitor.OpenAsync(path);
            await Expect(visitor.Page.GetByRole(AriaRole.Heading).First).ToBeVisibleAsync();
            if (path == "/")
            {
                await visitor.ConnectAsync();
                await Expect(visitor.Page.GetByRole(AriaRole.Listitem).First).ToBeVisibleAsync();
            }

            await visitor.AssertFitsAsync();
        }
    }

    [Fact]
    public async Task With_the_keyboard_alone_a_dataset_is_found_and_bought()
    {
        var market = await browser.MarketAsync();
        var token = await market.PublishAsync(1, MarketBench.Metadata("Keyboard catalogue"), MarketBench.Sale(3));
        await market.DatasetAsync(token, d => d.GetProperty("name").ValueKind == System.Text.Json.JsonValueKind.String && d.GetProperty("listing").ValueKind == System.Text.Json.JsonValueKind.Object);
        await using var visitor = await browser.VisitAsync(account: 3);
        await visitor.OpenAsync("/");
        await Expect(visitor.Heading("Datasets")).ToBeVisibleAsync();
        await visitor.Page.Keyboard.PressAsync("Tab");
        Assert.Equal("Skip to the content", await FocusedAsync(visitor));
        await TabToAsync(visitor, "Connect wallet");
        await visitor.Page.Keyboard.PressAsync("Enter");
        await Expect(visitor.Button("Sign in")).ToBeVisibleAsync();
        await TabToAsync(visitor, "search");
        await visitor.Page.Keyboard.TypeAsync("keyboard cat");
        await Expect(visitor.Text("1 dataset")).ToBeVisibleAsync();
        await TabToAsync(visitor, "Keyboard catalogue");
        await visitor.Page.Keyboard.PressAsync("Enter");
        await Expect(visitor.Heading("Keyboard catalogue")).ToBeVisibleAsync();
        await Expect(visitor.Button("Buy for 3 credits")).ToBeVisibleAsync();
        await TabToAsync(visitor, "Buy for 3 credits");
        Assert.NotEqual("none", await visitor.Page.EvaluateAsync<string>("() => getComputedStyle(document.activeElement).outlineStyle"));
        await visitor.Page.Keyboard.PressAsync("Space");
        await Expect(visitor.Heading("This dataset is yours")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Without_a_wallet_everything_can_be_read_and_the_page_says_what_is_missing()
    {
        var market = await browser.MarketAsync();
        var token = await market.PublishAsync(1, MarketBench.Metadata("Read by all"), MarketBench.Sale(3));
        await market.DatasetAsync(token, d => d.GetProperty("listing").ValueKind == System.Text.Json.JsonValueKind.Object);
        await using var visitor = await browser.VisitAsync(account: null);
        await visitor.OpenAsync($"/datasets/{token}");
        await visitor.SeesAsync("This needs a wallet");
        await visitor.SeesAsync("No wallet in this browser");
        await Expect(visitor.Button("Buy for 3 credits")).ToBeHiddenAsync();
        foreach (var path in new[] { "/", "/mine", "/participants", "/history" })
        {
            await visitor.OpenAsync(path);
            await Expect(visitor.Page.GetByRole(AriaRole.Heading).First).ToBeVisibleAsync();
        }
    }

    [Fact]
    public async Task Hostile_texts_are_texts_and_refused_metadata_is_called_so()
    {
        var market = await browser.MarketAsync();
        const string Name = "<img src=x onerror=alert(1)>\u202E";
        var hostile = await market.PublishAsync(1, MarketBench.Metadata(Name, "csv", "<script>alert(2)</script>", "\"><b>"));
        var refused = await market.PublishAsync(1, """{"name":"No properties"}""");
        await market.DatasetAsync(hostile, d => d.GetProperty("name").GetString() == Name);
        await market.DatasetAsync(refused, d => d.GetProperty("metadata").GetString() == "Refused");
        await using var visitor = await browser.VisitAsync(account: null);
        var dialogs = 0;
        visitor.Page.Dialog += async (_, dialog) =>
        {
            dialogs++;
            await dialog.DismissAsync();
        };
        await visitor.OpenAsync($"/datasets/{hostile}");
        await visitor.SeesAsync("<script>alert(2)</script>");
        await visitor.OpenAsync($"/datasets/{refused}");
        await visitor.SeesAsync("breaks the market's rules and is not shown");
        Assert.Equal(0, dialogs);
        Assert.Equal(0, await visitor.Page.Locator("img:not([src='/icon.svg'])").CountAsync());
    }

    [Fact]
    public async Task Pages_say_what_they_may_load_and_that_nobody_may_frame_them()
    {
        var market = await browser.MarketAsync();
        foreach (var path in new[] { "", "datasets/anything", "assets/none.js" })
        {
            using var answer = await market.Http.GetAsync(path, Cancellation);
            var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
            Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
            Assert.Contains("script-src 'self'", policy, StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            Assert.Contains($"connect-src 'self' {market.Node.Address.GetLeftPart(UriPartial.Authority)};", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            Assert.Equal("no-referrer", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
        }
    }

    [Theory]
    [InlineData("market/api/none", HttpStatusCode.NotFound)]
    [InlineData("api/none", HttpStatusCode.NotFound)]
    [InlineData("assets/none.js", HttpStatusCode.NotFound)]
    [InlineData("..%2f..%2fWorkers.Dashboard.dll", HttpStatusCode.OK)]
    [InlineData("mine", HttpStatusCode.OK)]
    public async Task Unknown_addresses_are_the_page_unless_they_are_an_APIs(string path, HttpStatusCode status)
    {
        var market = await browser.MarketAsync();
        using var answer = await market.Http.GetAsync(path, Cancellation);
        Assert.Equal(status, answer.StatusCode);
        if (status == HttpStatusCode.OK)
        {
            Assert.Contains("<div id=\"root\">", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        }
    }

    private static async Task TabToAsync(Visitor visitor, string name)
    {
        for (var presses = 0; await FocusedAsync(visitor) != name; presses++)
        {
            Assert.True(presses < 80, $"{presses} presses of Tab did not come to '{name}'");
            await visitor.Page.Keyboard.PressAsync("Tab");
        }
    }

    private static Task<string> FocusedAsync(Visitor visitor) =>
        visitor.Page.EvaluateAsync<string>("() => document.activeElement.name || document.activeElement.textContent.trim()");
}
