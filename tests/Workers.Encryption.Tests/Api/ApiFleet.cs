using System.IO.Compression;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Workers.Hosting;

namespace Workers.Encryption.Tests.Api;

/// <summary>An owner's worker over HTTP on the embedded defaults, with one installed application. No node answers: what needs the chain waits.</summary>
public sealed class ApiFleet : IAsyncLifetime
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("api-");
    private WebApplication? app;

    /// <summary>Where nobody looks.</summary>
    public const string DatasetMarket = "0x00000000000000000000000000000000000000a4";

    /// <summary>With the token.</summary>
    public HttpClient Http { get; private set; } = null!;

    /// <summary>Without it.</summary>
    public HttpClient Stranger { get; private set; } = null!;

    public string ApplicationId { get; private set; } = "";

    public string SpaceFolder { get; private set; } = "";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static byte[] Package(string config = """{"name":"Mail","tags":[{"tag":"mail","description":"Messages"}]}""")
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var writer = new StreamWriter(zip.CreateEntry("config.json").Open());
            writer.Write(config);
        }

        return stream.ToArray();
    }

    public async ValueTask InitializeAsync()
    {
        var builder = Worker.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Data:Directory"] = directory.FullName,
            ["Encryption:DataDirectory"] = directory.FullName,
            ["Content:Directory"] = Path.Combine(directory.FullName, "ipfs"),
            ["Http:Url"] = "http://127.0.0.1:0",
            ["Chain:Endpoints:0"] = "http://127.0.0.1:1",
            ["Chain:Contracts:MarketToken"] = "0x00000000000000000000000000000000000000a1",
            ["Chain:Contracts:DataTrades"] = "0x00000000000000000000000000000000000000a2",
            ["Chain:Contracts:CommunicationLog"] = "0x00000000000000000000000000000000000000a3",
            ["Chain:Contracts:DatasetMarket"] = DatasetMarket,
            ["Pseudonyms:FundingWei"] = "0",
            ["Sealing:Schedule"] = "off",
            ["Trading:SweepSchedule"] = "off",
            ["Transactions:PollInterval"] = "00:05:00",
            ["Serilog:MinimumLevel:Default"] = "Fatal",
        });
        builder.AddEncryption();
        app = builder.BuildWorker();
        await app.StartAsync(Cancellation);
        var token = (await File.ReadAllTextAsync(Path.Combine(directory.FullName, "api-token"), Cancellation)).Trim();
        Stranger = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        Http = new HttpClient { BaseAddress = Stranger.BaseAddress };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        await InstallAsync();
    }

    public EncryptionOptions Encryption => new() { DataDirectory = directory.FullName };

    public async Task<T> WithDbAsync<T>(Func<EncryptionDb, Task<T>> use)
    {
        await using var scope = app!.Services.CreateAsyncScope();
        return await use(scope.ServiceProvider.GetRequiredService<EncryptionDb>());
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        Stranger.Dispose();
        await app!.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
        directory.Delete(recursive: true);
    }

    private async Task InstallAsync()
    {
        using var package = new ByteArrayContent(Package());
        using var published = await Http.PostAsync("api/applications", package, Cancellation);
        published.EnsureSuccessStatusCode();
        var view = await published.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        ApplicationId = view.GetProperty("applicationId").GetString()!;
        using var installed = await Http.PostAsync($"api/applications/{view.GetProperty("cid").GetString()}/install", content: null, Cancellation);
        installed.EnsureSuccessStatusCode();
        var list = await Http.GetFromJsonAsync<JsonElement>("api/applications", Cancellation);
        SpaceFolder = list[0].GetProperty("spaces")[0].GetProperty("folder").GetString()!;
    }
}
