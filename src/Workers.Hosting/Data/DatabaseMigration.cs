using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;
using Workers.Hosting.Configuration;

namespace Workers.Hosting.Data;

/// <summary>
/// Brings a worker's tables up to date before anything else starts. Replicas that start at once take turns: a file lock
/// with SQLite, an advisory lock with PostgreSQL; both end with the process that holds them.
/// </summary>
internal sealed partial class DatabaseMigration<TDb>(
    string worker,
    IServiceScopeFactory scopes,
    IOptions<DatabaseOptions> options,
    IOptions<DataOptions> data,
    TimeProvider clock,
    ILogger<DatabaseMigration<TDb>> logger) : IHostedLifecycleService
    where TDb : WorkerDbContext
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var giveUp = clock.GetUtcNow() + options.Value.StartUpPatience;
        for (var delay = TimeSpan.FromSeconds(1); ; delay = TimeSpan.FromSeconds(Math.Min(15, delay.TotalSeconds * 2)))
        {
            try
            {
                await MigrateAsync(cancellationToken);
                return;
            }
            catch (Exception e) when (DatabaseFaults.Classify(e) == DatabaseFault.Unavailable && clock.GetUtcNow() + delay < giveUp)
            {
                Log.Waiting(logger, worker, e.GetBaseException().Message, delay);
                await Task.Delay(delay, clock, cancellationToken);
            }
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        db.Database.SetCommandTimeout(TimeSpan.FromMinutes(5));
        if (options.Value.Kind == DatabaseKind.PostgreSql)
        {
            await MigratePostgresAsync(db, cancellationToken);
        }
        else
        {
            await MigrateSqliteAsync(db, cancellationToken);
        }
    }

    private async Task MigrateSqliteAsync(TDb db, CancellationToken cancellationToken)
    {
        var file = WorkerDatabase.SqliteFile(options.Value, data.Value, worker);
        PrivateFiles.CreateDirectory(Path.GetDirectoryName(file)!);
        await using var turn = await TakeFileAsync(file + ".lock", cancellationToken);

        // Entity Framework's own lock is a row, which a process that is killed while it migrates leaves behind for ever.
        await db.Database.ExecuteSqlRawAsync("DROP TABLE IF EXISTS \"__EFMigrationsLock\"", cancellationToken);
        await db.Database.MigrateAsync(cancellationToken);
    }

    private async Task MigratePostgresAsync(TDb db, CancellationToken cancellationToken)
    {
        var schema = WorkerDatabase.SchemaName(worker);
        await using var turn = new NpgsqlConnection(db.Database.GetConnectionString());
        await turn.OpenAsync(cancellationToken);
        await using (var take = new NpgsqlCommand("SELECT pg_advisory_lock(hashtext($1))", turn) { CommandTimeout = 300 })
        {
            take.Parameters.AddWithValue($"migrate {schema}");
            await take.ExecuteNonQueryAsync(cancellationToken);
        }

        await using (var exists = new NpgsqlCommand("SELECT to_regnamespace($1) IS NOT NULL", turn))
        {
            exists.Parameters.AddWithValue($"\"{schema}\"");
            if (await exists.ExecuteScalarAsync(cancellationToken) is not true)
            {
                await using var create = new NpgsqlCommand($"CREATE SCHEMA \"{schema}\"", turn);
                await create.ExecuteNonQueryAsync(cancellationToken);
            }
        }

        await db.Database.MigrateAsync(cancellationToken);
        await using var give = new NpgsqlCommand("SELECT pg_advisory_unlock_all()", turn);
        await give.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<FileStream> TakeFileAsync(string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), clock, cancellationToken);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The database of {Worker} does not answer ({Reason}); trying again in {Delay}")]
        public static partial void Waiting(ILogger logger, string worker, string reason, TimeSpan delay);
    }
}
