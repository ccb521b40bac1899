using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Workers.Hosting.Probe;

namespace Workers.Hosting.Tests;

/// <summary>A process's worth of workers in this process: the production composition with the probe as its module.</summary>
internal sealed class TestFleet : IAsyncDisposable
{
    public const string ProbeAddress = "0x00000000000000000000000000000000000000aa";

    private TestFleet(WebApplication app) => App = app;

    public WebApplication App { get; }

    public ProbeControl Control => App.Services.GetRequiredService<ProbeControl>();

    public Uri Url => new(App.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Settings of a fleet that keeps everything in one new directory.</summary>
    public static Dictionary<string, string?> Settings() => new(StringComparer.Ordinal)
    {
        ["Data:Directory"] = Path.Combine(Path.GetTempPath(), $"market-{Guid.NewGuid():N}"),
        ["Http:Url"] = "http://127.0.0.1:0",
        ["Chain:Contracts:Probe"] = ProbeAddress,
        ["Outbox:PollInterval"] = "00:00:00.050",
        ["Delivery:FirstDelay"] = "00:00:00.020",
        ["Delivery:MaximumDelay"] = "00:00:00.200",
        ["Outbox:MaximumDelay"] = "00:00:01",
        ["Database:StartUpPatience"] = "00:00:00",
    };

    public static WebApplication Build(Dictionary<string, string?> settings, Action<WebApplicationBuilder>? more = null)
    {
        var builder = Worker.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(settings);
        builder.AddProbe();
        more?.Invoke(builder);
        return builder.BuildWorker();
    }

    public static async Task<TestFleet> StartAsync(Dictionary<string, string?>? settings = null, Action<WebApplicationBuilder>? more = null)
    {
        var app = Build(settings ?? Settings(), more);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new TestFleet(app);
    }

    /// <summary>Saves messages as a worker's API or schedule does.</summary>
    public Task PublishAsync<T>(params IEnumerable<T> messages)
        where T : class => WithDbAsync(db =>
        {
            foreach (var message in messages)
            {
                db.Publish(message);
            }
        });

    public async Task WithDbAsync(Action<ProbeDb> change)
    {
        await using var scope = App.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ProbeDb>();
        change(db);
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
    }

    public async Task<T> ReadAsync<T>(Func<ProbeDb, CancellationToken, Task<T>> read)
    {
        await using var scope = App.Services.CreateAsyncScope();
        return await read(scope.ServiceProvider.GetRequiredService<ProbeDb>(), TestContext.Current.CancellationToken);
    }

    public Task<int> RunsAsync(string text) => ReadAsync((db, token) => db.Runs.CountAsync(r => r.Text == text, token));

    public Task<int> CountAsync(string key) => ReadAsync(async (db, token) => (await db.Counts.FindAsync([key], token))?.Number ?? 0);

    /// <summary>Waits until something read from the database is as wanted.</summary>
    public async Task<T> EventuallyAsync<T>(Func<ProbeDb, CancellationToken, Task<T>> read, Func<T, bool> wanted, TimeSpan? within = null)
    {
        var giveUp = TimeProvider.System.GetUtcNow() + (within ?? TimeSpan.FromMinutes(2));
        while (true)
        {
            var value = await ReadAsync(read);
            if (wanted(value))
            {
                return value;
            }

            Assert.True(TimeProvider.System.GetUtcNow() < giveUp, $"It did not come to what was wanted; the last value was {value}.");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits until nothing is left to publish.</summary>
    public Task DrainAsync(TimeSpan? within = null) => EventuallyAsync((db, token) => db.Outbox.CountAsync(token), n => n == 0, within);

    public async ValueTask DisposeAsync()
    {
        await App.StopAsync(TestContext.Current.CancellationToken);
        await App.DisposeAsync();
    }
}
