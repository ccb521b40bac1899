using System.Globalization;
using System.Net.Http.Json;
using System.Numerics;
using System.Text;
using System.Text.Json;
using ContentStore;
using Ethereum;
using Ethereum.Abi;
using Ethereum.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Testing;
using Workers.ChainListener;
using Workers.Dashboard.Facts;
using Workers.Encryption;
using Workers.Hosting;
using Workers.Hosting.Transactions;

namespace Workers.Dashboard.Tests.Market;

/// <summary>A chain with the market's contracts, and a dashboard on it in this process. Accounts are anvil's own; each has 10,000 credits.</summary>
internal sealed class MarketBench : IAsyncDisposable
{
    /// <summary>Which of anvil's accounts publishes for the house.</summary>
    public const int Publisher = 1;

    private const string Nobody = "0x00000000000000000000000000000000000000a1";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("dashboard-");
    private WebApplication _application = null!;

    private MarketBench(AnvilNode node) => Node = node;

    public AnvilNode Node { get; }

    public HttpClient Http { get; private set; } = null!;

    public Address Token { get; private set; }

    public Address Market { get; private set; }

    public ShiftedClock Clock { get; } = new();

    public IServiceProvider Services => _application.Services;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static BigInteger Credits(int amount) => amount * BigInteger.Pow(10, 18);

    public static Address Account(int index) => Address.Parse(AnvilNode.Accounts[index].Address);

    /// <summary>On one of the two databases, <c>Sqlite</c> or <c>PostgreSql</c>.</summary>
    public static async Task<MarketBench> StartOnAsync(string database, RealServers servers, Dictionary<string, string?>? particular = null) => await StartAsync(new(particular ?? [], StringComparer.Ordinal)
    {
        ["Database:Kind"] = database,
        ["Database:ConnectionString"] = database == "PostgreSql" ? await (await servers.PostgresAsync(Cancellation)).CreateDatabaseAsync(Cancellation) + ";Maximum Pool Size=12" : null,
    });

    public static async Task<MarketBench> StartAsync(Dictionary<string, string?>? particular = null)
    {
        var bench = new MarketBench(await AnvilNode.StartAsync(cancellation: Cancellation));
        bench.Token = await bench.DeployAsync(new MarketToken.Deployment(Account(0)).Encode());
        bench.Market = await bench.DeployAsync(new DatasetMarket.Deployment(bench.Token, bench.Token).Encode());
        for (var account = 1; account < AnvilNode.Accounts.Count; account++)
        {
            await bench.SendAsync(0, bench.Token, new MarketToken.MintCall(Account(account), Credits(10_000)));
        }

        var builder = Worker.CreateBuilder([]);
        builder.Configuration.AddInMemoryCollection(bench.Configuration(particular ?? []));
        builder.Services.AddSingleton<TimeProvider>(bench.Clock);
        builder.AddChainListener();
        builder.AddEncryption().AddDashboard();
        bench._application = builder.BuildWorker();
        await bench._application.StartAsync(Cancellation);
        await bench.FundHouseAsync();
        bench.Http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = new Uri(bench._application.Urls.First()) };
        return bench;
    }

    /// <summary>The house's own account pays for what it publishes.</summary>
    private async Task FundHouseAsync() =>
        await Node.CallAsync("anvil_setBalance", Services.GetRequiredService<MainAccount>().Address.ToString(), "0x56bc75e2d63100000");

    private Dictionary<string, string?> Configuration(Dictionary<string, string?> particular)
    {
        var configuration = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Data:Directory"] = Path.Combine(_directory.FullName, "data"),
            ["Http:Url"] = "http://127.0.0.1:0",
            ["Content:Directory"] = Path.Combine(_directory.FullName, "ipfs"),
            ["Chain:Endpoints:0"] = Node.Address.ToString(),
            ["Chain:Contracts:MarketToken"] = Token.ToString(),
            ["Chain:Contracts:DatasetMarket"] = Market.ToString(),
            ["Chain:Confirmations"] = "0",
            ["Chain:PollInterval"] = "00:00:00.05",
            ["Chain:Contracts:DataTrades"] = Nobody,
            ["Chain:Contracts:CommunicationLog"] = Nobody,
            ["Chain:FinalityDepth"] = "1",
            ["Encryption:DataDirectory"] = Path.Combine(_directory.FullName, "data"),
            ["Transactions:PollInterval"] = "00:00:00.1",
            ["Sealing:Schedule"] = "off",
            ["Trading:SweepSchedule"] = "off",
            ["Dashboard:Publishers:0"] = AnvilNode.Accounts[Publisher].Address,
            ["Dashboard:FetchInterval"] = "00:00:00.2",
            ["Dashboard:WalletRpc"] = Node.Address.ToString(),
            ["Serilog:MinimumLevel:Default"] = "Warning",
        };
        foreach (var (key, value) in particular)
        {
            configuration[key] = value;
        }

        return configuration;
    }

    /// <summary>Metadata as the document describes it.</summary>
    public static string Metadata(string name, string format = "csv", string description = "", params string[] tags) => JsonSerializer.Serialize(new
    {
        name,
        description,
        properties = new { file = "data." + format, format, units = 1_000, bytes = 250_000, tags },
    });

    /// <summary>A sale at so many credits.</summary>
    public static DatasetMarket.Offer Sale(int credits) => new(Price: Credits(credits), Step: 0, Unit: default, RateOf: default, MaxRateAge: 0, Duration: 0, Extension: 0);

    /// <summary>An auction with a reserve of so many credits.</summary>
    public static DatasetMarket.Offer Auction(int credits, uint seconds = 3_600) =>
        new(Price: Credits(credits), Step: Credits(1), Unit: default, RateOf: default, MaxRateAge: 0, Duration: seconds, Extension: 60);

    /// <summary>Publishes a dataset, with its metadata in the store, and perhaps offers it at once.</summary>
    /// <returns>The token's id.</returns>
    public async Task<string> PublishAsync(int account, string metadata, DatasetMarket.Offer? offer = null, bool store = true)
    {
        var bytes = Encoding.UTF8.GetBytes(metadata);
        if (store)
        {
            await StoreAsync(bytes);
        }

        var digest = new Hash32(Cid.Of(CidCodec.Raw, bytes).Digest);
        byte[] cid = Cid.Of(CidCodec.Raw, Guid.NewGuid().ToByteArray()).ToArray();
        ICall call = offer is { } terms ? new DatasetMarket.PublishAndListCall(cid, digest, terms) : new DatasetMarket.PublishCall(cid, digest);
        var receipt = await SendAsync(account, Market, call);
        var published = receipt.GetProperty("logs").EnumerateArray().Single(l => l.GetProperty("topics")[0].GetString() == DatasetMarket.PublishedEvent.Topic.ToString());
        return published.GetProperty("topics")[1].GetString()!;
    }

    /// <summary>Puts bytes into the store that the dashboard reads.</summary>
    public async Task StoreAsync(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes);
        await Services.GetRequiredService<IContentStore>().PutAsync(stream, Cancellation);
    }

    public static BigInteger Id(string token) => BigInteger.Parse("0" + token[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <summary>Sends from one of anvil's accounts; the transaction is in a block when this returns.</summary>
    /// <returns>The receipt.</returns>
    public Task<JsonElement> SendAsync(int account, Address to, ICall call) => SendAsync(account, to.ToString(), call.Encode());

    private async Task<JsonElement> SendAsync(int account, string? to, byte[] data)
    {
        var request = new Dictionary<string, string>(StringComparer.Ordinal) { ["from"] = AnvilNode.Accounts[account].Address, ["data"] = "0x" + Convert.ToHexStringLower(data), ["gas"] = "0x7a1200" };
        if (to is not null)
        {
            request["to"] = to;
        }

        var hash = (await Node.CallAsync("eth_sendTransaction", request)).GetString();
        JsonElement receipt;
        while ((receipt = await Node.CallAsync("eth_getTransactionReceipt", hash)).ValueKind == JsonValueKind.Null)
        {
            await Task.Delay(5, Cancellation);
        }

        Assert.Equal("0x1", receipt.GetProperty("status").GetString());
        return receipt;
    }

    private async Task<Address> DeployAsync(byte[] code) => Address.Parse((await SendAsync(0, null, code)).GetProperty("contractAddress").GetString()!);

    /// <summary>Approves and buys.</summary>
    public async Task BuyAsync(int account, long listing, string token, int credits)
    {
        await SendAsync(account, Token, new MarketToken.ApproveCall(Market, Credits(credits)));
        await SendAsync(account, Market, new DatasetMarket.BuyCall(listing, Id(token), Credits(credits)));
    }

    /// <summary>Approves and bids.</summary>
    public async Task BidAsync(int account, long listing, string token, int credits)
    {
        await SendAsync(account, Token, new MarketToken.ApproveCall(Market, Credits(credits)));
        await SendAsync(account, Market, new DatasetMarket.BidCall(listing, Id(token), Credits(credits)));
    }

    /// <summary>Moves the chain's clock and makes a block.</summary>
    public Task PassAsync(int seconds) => Node.AdvanceAsync((uint)seconds);

    public Task<JsonElement> GetAsync(string path) => Http.GetFromJsonAsync<JsonElement>("market/api/" + path, Cancellation);

    /// <summary>One dataset as the API tells it; waits until it is known and as wanted.</summary>
    public async Task<JsonElement> DatasetAsync(string token, Func<JsonElement, bool> wanted)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            using var answer = await Http.GetAsync($"market/api/datasets/{token}", Cancellation);
            var body = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
            if (answer.IsSuccessStatusCode && wanted(body.GetProperty("dataset")))
            {
                return body;
            }

            Assert.True(clock.Elapsed < Patience, $"{token} never became as wanted; now: {body}");
            await Task.Delay(50, Cancellation);
        }
    }

    public static bool Is(JsonElement dataset, string status, Address owner) =>
        dataset.GetProperty("status").GetString() == status && dataset.GetProperty("owner").GetString() == owner.ToString();

    /// <summary>The dashboard's clock, which a test can put forward; what waits, waits as ever.</summary>
    internal sealed class ShiftedClock : TimeProvider
    {
        public TimeSpan Shift { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Shift;
    }

    public async ValueTask DisposeAsync()
    {
        Http?.Dispose();
        if (_application is not null)
        {
            await _application.StopAsync(CancellationToken.None);
            await _application.DisposeAsync();
        }

        await Node.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    /// <summary>Hash of a token's number in tests that need none on chain.</summary>
    public static string TokenId(int number) => MarketFact.Token(number);
}
