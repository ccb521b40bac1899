using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Testing;
using Workers.ChainListener.Storage;
using Workers.Hosting.Data;
using Workers.Hosting.Messaging;

namespace Workers.ChainListener.Tests.Storage;

/// <summary>A listener's database without a bus, so that its outbox can be looked at.</summary>
internal sealed class ListenerDatabase : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly string? _file;

    private ListenerDatabase(ServiceProvider services, string? file) => (_services, _file) = (services, file);

    public static async Task<ListenerDatabase> CreateAsync(RealServers servers, bool postgres)
    {
        var services = new ServiceCollection().AddSingleton(TimeProvider.System);
        string? file = null;
        if (postgres)
        {
            var server = await servers.PostgresAsync(TestContext.Current.CancellationToken);
            var connection = new NpgsqlConnectionStringBuilder(await server.CreateDatabaseAsync(TestContext.Current.CancellationToken)) { SearchPath = "public" };
            services.AddDbContext<ListenerDbContext>(o => o.UseNpgsql(connection.ToString()));
        }
        else
        {
            file = Path.Combine(Path.GetTempPath(), $"listener-{Guid.NewGuid():N}.db");
            services.AddDbContext<ListenerDbContext>(o => o.UseSqlite($"Data Source={file};Pooling=False"));
        }

        var database = new ListenerDatabase(services.BuildServiceProvider(), file);
        await using var scope = database._services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<ListenerDbContext>().Database.EnsureCreatedAsync(TestContext.Current.CancellationToken);
        return database;
    }

    public static T Read<T>(OutboxRow row) => JsonSerializer.Deserialize<T>(row.Body, MessageJson.Options)!;

    /// <summary>A store as a process has it that has just started.</summary>
    public ChainStore Store() => new(_services.GetRequiredService<IServiceScopeFactory>(), TimeProvider.System);

    public AsyncServiceScope Scope(out ListenerDbContext db)
    {
        var scope = _services.CreateAsyncScope();
        db = scope.ServiceProvider.GetRequiredService<ListenerDbContext>();
        return scope;
    }

    public async Task<List<OutboxRow>> OutboxAsync()
    {
        await using var scope = Scope(out var db);
        return await db.Outbox.AsNoTracking().OrderBy(r => r.Id).ToListAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        if (_file is not null)
        {
            File.Delete(_file);
            File.Delete(_file + ".listener");
        }
    }
}
