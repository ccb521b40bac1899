using System.Text.Json;
using Microsoft.Playwright;
using Testing;
using Workers.Dashboard.Tests.Market;

[assembly: AssemblyFixture(typeof(Workers.Dashboard.Tests.Browser.BrowserBench))]

namespace Workers.Dashboard.Tests.Browser;

/// <summary>The pages in Debian's Chromium, over one market that all browser tests share; each has datasets of its own.</summary>
public sealed class BrowserBench : IAsyncDisposable
{
    /// <summary>The classes of browser tests share accounts, whose allowances they look at.</summary>
    public const string OneAtATime = "browser";

    private const float PatienceMilliseconds = 60_000;
    private readonly SemaphoreSlim _starting = new(1, 1);
    private MarketBench? _market;
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    private static string WalletScript { get; } = ReadWallet();

    internal async Task<MarketBench> MarketAsync()
    {
        await _starting.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            return _market ??= await MarketBench.StartAsync();
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>A browser of somebody's own. The test fails when the page writes an error to its console, a breach of its policy included.</summary>
    /// <param name="account">Which of anvil's accounts its wallet has; null for a browser without a wallet.</param>
    /// <param name="chain">On which the wallet is.</param>
    /// <param name="knowsChain">Whether the wallet has heard of the market's chain.</param>
    internal async Task<Visitor> VisitAsync(int? account, int width = 1_200, string chain = "0x7a69", bool knowsChain = true, ColorScheme scheme = ColorScheme.Light)
    {
        var market = await MarketAsync();
        await _starting.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            _playwright ??= await Playwright.CreateAsync();
            _browser ??= await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = "/usr/bin/chromium", Args = ["--no-sandbox"], Timeout = 120_000 });
        }
        finally
        {
            _starting.Release();
        }

        var context = await _browser.NewContextAsync(new()
        {
            BaseURL = market.Http.BaseAddress!.ToString(),
            ViewportSize = new() { Width = width, Height = 800 },
            ColorScheme = scheme,
            ReducedMotion = ReducedMotion.Reduce,
        });
        context.SetDefaultTimeout(PatienceMilliseconds);
        Assertions.SetDefaultExpectTimeout(PatienceMilliseconds);
        if (account is { } index)
        {
            var settings = JsonSerializer.Serialize(new { rpc = market.Node.Address, account = AnvilNode.Accounts[index].Address, chain, known = knowsChain });
            await context.AddInitScriptAsync($"{{ const settings = {settings};\n{WalletScript} }}");
        }

        return new Visitor(context, await context.NewPageAsync());
    }

    private static string ReadWallet()
    {
        using var reader = new StreamReader(typeof(BrowserBench).Assembly.GetManifestResourceStream("wallet.js")!);
        return reader.ReadToEnd();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        if (_market is not null)
        {
            await _market.DisposeAsync();
        }

        _starting.Dispose();
    }
}

/// <summary>Somebody at a browser.</summary>
internal sealed class Visitor : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly List<string> _complaints = [];

    public Visitor(IBrowserContext context, IPage page)
    {
        (_context, Page) = (context, page);
        page.Console += (_, message) =>
        {
            // A refused request is the API's answer, which the page shows.
            if (message.Type is "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
            {
                _complaints.Add(message.Text);
            }
        };
        page.PageError += (_, error) => _complaints.Add(error);
    }

    public IPage Page { get; }

    /// <summary>Errors that the page told its console.</summary>
    public IReadOnlyList<string> Complaints => _complaints;

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name });

    public ILocator Heading(string name) => Page.GetByRole(AriaRole.Heading, new() { Name = name });

    public ILocator Text(string text) => Page.GetByText(text);

    public Task OpenAsync(string path) => Page.GotoAsync(path);

    /// <summary>Connects the wallet.</summary>
    public async Task ConnectAsync()
    {
        await Page.GetByRole(AriaRole.Group, new() { Name = "Wallet and sign-in" }).GetByRole(AriaRole.Button, new() { Name = "Connect wallet" }).ClickAsync();
        await Assertions.Expect(Button("Sign in")).ToBeVisibleAsync();
    }

    /// <summary>Connects the wallet of somebody who is signed in already.</summary>
    public async Task ConnectAgainAsync()
    {
        await Button("Connect wallet").First.ClickAsync();
        await Assertions.Expect(Button("Connect wallet")).ToBeHiddenAsync();
    }

    public Task SeesAsync(string text) => Assertions.Expect(Text(text).First).ToBeVisibleAsync();

    /// <summary>Whether the page is wider than its window.</summary>
    public async Task AssertFitsAsync()
    {
        var wide = await Page.EvaluateAsync<string[]>(
            "() => document.documentElement.scrollWidth <= window.innerWidth ? [] : [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > window.innerWidth + 1).map(e => e.outerHTML.slice(0, 120))");
        Assert.Empty(wide);
    }

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        if (TestContext.Current.TestState is null or { Result: TestResult.Passed })
        {
            Assert.Empty(_complaints);
        }
    }
}
