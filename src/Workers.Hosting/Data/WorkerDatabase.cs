using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Options;
using Npgsql;
using Workers.Hosting.Configuration;

namespace Workers.Hosting.Data;

/// <summary>Where a worker's rows are: an SQLite file <c>&lt;data&gt;/&lt;worker&gt;.db</c>, or a PostgreSQL schema of the worker's name.</summary>
internal static class WorkerDatabase
{
    public static void Use(IServiceProvider services, DbContextOptionsBuilder builder, string worker)
    {
        var options = services.GetRequiredService<IOptions<DatabaseOptions>>().Value;
        if (options.Kind == DatabaseKind.Sqlite)
        {
            builder.UseSqlite(SqliteConnectionString(options, services.GetRequiredService<IOptions<DataOptions>>().Value, worker));
            builder.AddInterceptors(SqlitePragmas.Instance);
        }
        else
        {
            builder.UseNpgsql(PostgresConnectionString(options, worker), npgsql => npgsql.MigrationsHistoryTable("__EFMigrationsHistory", SchemaName(worker)));
        }

        // Migrations are written by hand and have no snapshot; MigrationCheck compares them with the model instead.
        builder.ConfigureWarnings(w => w.Ignore(RelationalEventId.PendingModelChangesWarning, RelationalEventId.ModelSnapshotNotFound));
    }

    public static string SqliteFile(DatabaseOptions options, DataOptions data, string worker) =>
        Path.GetFullPath(Path.Combine(options.Directory ?? data.Directory, $"{worker}.db"));

    public static string SchemaName(string worker) => worker.Replace('-', '_');

    private static string SqliteConnectionString(DatabaseOptions options, DataOptions data, string worker) =>
        new SqliteConnectionStringBuilder { DataSource = SqliteFile(options, data, worker), ForeignKeys = true, DefaultTimeout = 10 }.ToString();

    public static string PostgresConnectionString(DatabaseOptions options, string worker) =>
        new NpgsqlConnectionStringBuilder(options.ConnectionString) { SearchPath = SchemaName(worker), ApplicationName = worker }.ToString();

    /// <summary>Readers beside one writer, and a commit that survives the loss of power.</summary>
    private sealed class SqlitePragmas : DbConnectionInterceptor
    {
        public static readonly SqlitePragmas Instance = new();

        public override void ConnectionOpened(System.Data.Common.DbConnection connection, ConnectionEndEventData eventData)
        {
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;";
            command.ExecuteNonQuery();
        }

        public override async Task ConnectionOpenedAsync(System.Data.Common.DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;";
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
