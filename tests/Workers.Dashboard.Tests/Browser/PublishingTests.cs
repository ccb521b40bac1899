using System.Text;
using Microsoft.Playwright;
using Workers.Dashboard.Tests.Accounts;
using Workers.Dashboard.Tests.Market;
using Workers.Dashboard.Tests.Publishing;
using static Microsoft.Playwright.Assertions;

namespace Workers.Dashboard.Tests.Browser;

/// <summary>Publishing as people of the house do it.</summary>
[Collection(BrowserBench.OneAtATime)]
public sealed class PublishingTests(BrowserBench browser)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Somebody_of_the_house_publishes_a_file_and_finds_it_on_sale()
    {
        var market = await browser.MarketAsync();
        await using var visitor = await browser.VisitAsync(account: MarketBench.Publisher);
        await visitor.OpenAsync("/publish");
        await visitor.SeesAsync("Sign in with an account that publishes for this house.");
        await visitor.ConnectAsync();
        await visitor.Button("Sign in").ClickAsync();
        await Expect(visitor.Heading("Publish a dataset")).ToBeVisibleAsync();
        await visitor.Button("Publish").ClickAsync();
        await visitor.SeesAsync("A dataset needs a name.");
        await visitor.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("Cooling water, plant 4");
        await visitor.Page.GetByLabel("Tags").FillAsync("water, plant");
        await visitor.Page.GetByLabel("File", new() { Exact = true }).SetInputFilesAsync(new FilePayload
        {
            Name = "cooling.csv",
            MimeType = "text/csv",
            Buffer = Encoding.UTF8.GetBytes("time,celsius\n" + string.Concat(Enumerable.Range(0, 1_000).Select(i => $"{i},{20 + (i % 7)}\n"))),
        });
        await visitor.Page.GetByLabel("at a price").CheckAsync();
        await visitor.Page.GetByLabel("Price in credits").FillAsync("12.25");
        await visitor.AssertFitsAsync();
        await visitor.Button("Publish").ClickAsync();
        await visitor.SeesAsync("cooling.csv");
        var published = visitor.Page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "cooling.csv" }).GetByRole(AriaRole.Link, new() { Name = "published" });
        for (var attempt = 0; attempt < 1_500 && !await published.IsVisibleAsync(); attempt++)
        {
            await market.Node.MineAsync();
            await Task.Delay(200, Cancellation);
        }

        await published.ClickAsync();
        await Expect(visitor.Heading("Cooling water, plant 4")).ToBeVisibleAsync();
        await visitor.SeesAsync("12.25 credits");
        await visitor.SeesAsync("1\u202f001");
    }

    [Fact]
    public async Task A_buyer_opens_in_the_browser_what_was_delivered_to_it()
    {
        var market = await browser.MarketAsync();
        var file = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 40_000).Select(i => $"line {i} of the log\n")));
        var cookie = await market.SignedInAsync(MarketBench.Publisher);
        var token = await market.PublishFileAsync(new { name = "Log to be opened", format = "lines", file = "log.txt", offer = new { price = 2_000_000_000_000_000_000m } }, file, cookie);
        await market.DatasetAsync(token, d => d.GetProperty("status").GetString() == "Sale");
        await using var visitor = await browser.VisitAsync(account: 2);
        await visitor.OpenAsync($"/datasets/{token}");
        await visitor.ConnectAsync();
        await visitor.Button("Sign in").ClickAsync();
        await visitor.Button("Buy for 2 credits").ClickAsync();
        await Expect(visitor.Heading("This dataset is yours")).ToBeVisibleAsync();
        await visitor.Button("Make a key").ClickAsync();
        await visitor.Button("Ask for the data").ClickAsync();
        await visitor.SeesAsync("waits for the publisher");
        var open = visitor.Button("Open it");
        for (var attempt = 0; attempt < 1_500 && !await open.IsVisibleAsync(); attempt++)
        {
            await market.Node.MineAsync();
            await Task.Delay(200, Cancellation);
        }

        await open.ClickAsync();
        var link = visitor.Page.GetByRole(AriaRole.Link, new() { Name = "Save log.txt" });
        var download = await visitor.Page.RunAndWaitForDownloadAsync(() => link.ClickAsync());
        Assert.Equal("log.txt", download.SuggestedFilename);
        Assert.Equal(file, await File.ReadAllBytesAsync(await download.PathAsync(), Cancellation));
    }

    [Fact]
    public async Task Whoever_does_not_publish_for_the_house_sees_no_such_page()
    {
        await using var visitor = await browser.VisitAsync(account: 2);
        await visitor.OpenAsync("/");
        await visitor.ConnectAsync();
        await visitor.Button("Sign in").ClickAsync();
        await Expect(visitor.Page.GetByText("signed in", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(visitor.Page.GetByRole(AriaRole.Link, new() { Name = "Publish" })).ToHaveCountAsync(0);
    }
}
