using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Testing;

/// <summary>
/// Migrations are written by hand: what they make has to be what the model expects, on both databases. Compiled into the tests of each worker that has a
/// database; a class of theirs names the worker.
/// </summary>
/// <param name="schema">Of the worker on PostgreSQL.</param>
/// <param name="make">Makes the worker's context.</param>
public abstract class MigrationCheck<TDb>(RealServers servers, string schema, Func<DbContextOptions<TDb>, TDb> make)
    where TDb : DbContext
{
    // Columns with type, nullability and place in the key; then indexes with their columns in order.
    private const string SqliteSchema = """
        SELECT m.name || '.' || c.name || ' ' || c.type || ' notnull ' || c."notnull" || ' key ' || c.pk
        FROM sqlite_master m JOIN pragma_table_info(m.name) c
        WHERE m.type = 'table' AND m.name NOT LIKE '\_\_%' ESCAPE '\' AND m.name NOT LIKE 'sqlite\_%' ESCAPE '\'
        UNION ALL
        SELECT m.name || ' index ' || i.name || ' unique ' || i."unique" || ' on ' || (SELECT group_concat(x.name, ',') FROM pragma_index_info(i.name) x)
        FROM sqlite_master m JOIN pragma_index_list(m.name) i
        WHERE m.type = 'table' AND m.name NOT LIKE '\_\_%' ESCAPE '\' AND m.name NOT LIKE 'sqlite\_%' ESCAPE '\'
        """;

    private readonly string _postgresSchema = $"""
        SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || coalesce(numeric_precision::text, '') || ' null ' || is_nullable
            || ' identity ' || is_identity || coalesce(identity_generation, '') || ' default ' || coalesce(column_default, '')
        FROM information_schema.columns WHERE table_schema = '{schema}' AND table_name NOT LIKE '\_\_%' AND table_name NOT LIKE 'qrtz%'
        UNION ALL
        SELECT indexdef FROM pg_indexes WHERE schemaname = '{schema}' AND tablename NOT LIKE '\_\_%' AND tablename NOT LIKE 'qrtz%'
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Migrations_make_the_models_tables_on_SQLite()
    {
        var directory = Directory.CreateTempSubdirectory("migration-");
        await using (var migrated = On(b => b.UseSqlite($"Data Source={Path.Combine(directory.FullName, "migrated.db")};Pooling=False")))
        await using (var modelled = On(b => b.UseSqlite($"Data Source={Path.Combine(directory.FullName, "model.db")};Pooling=False")))
        {
            await migrated.Database.MigrateAsync(Cancellation);
            await modelled.Database.EnsureCreatedAsync(Cancellation);
            AssertSame(await ReadAsync(modelled, SqliteSchema), await ReadAsync(migrated, SqliteSchema));
        }

        directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Migrations_make_the_models_tables_on_PostgreSQL()
    {
        var postgres = await servers.PostgresAsync(Cancellation);
        await using var migrated = await FreshAsync(postgres);
        await migrated.Database.MigrateAsync(Cancellation);
        await using var modelled = await FreshAsync(postgres);
        await ExecuteAsync(modelled, modelled.Database.GenerateCreateScript());
        AssertSame(await ReadAsync(modelled, _postgresSchema), await ReadAsync(migrated, _postgresSchema));
    }

    private async Task<TDb> FreshAsync(PostgresServer postgres)
    {
        var connection = await postgres.CreateDatabaseAsync(Cancellation);
        var db = On(b => b.UseNpgsql(
            $"{connection};Search Path={schema};Pooling=False", npgsql => npgsql.MigrationsHistoryTable("__EFMigrationsHistory", schema)));
        await ExecuteAsync(db, $"CREATE SCHEMA {schema}");
        return db;
    }

    private TDb On(Action<DbContextOptionsBuilder> use)
    {
        var options = new DbContextOptionsBuilder<TDb>();
        use(options);
        options.ConfigureWarnings(w => w.Ignore(RelationalEventId.PendingModelChangesWarning, RelationalEventId.ModelSnapshotNotFound));
        return make(options.Options);
    }

    private static async Task ExecuteAsync(TDb db, string sql)
    {
        await db.Database.OpenConnectionAsync(Cancellation);
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    private static async Task<List<string>> ReadAsync(TDb db, string sql)
    {
        await db.Database.OpenConnectionAsync(Cancellation);
        await using DbCommand command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync(Cancellation);
        var lines = new List<string>();
        while (await reader.ReadAsync(Cancellation))
        {
            lines.Add(reader.GetString(0));
        }

        return lines;
    }

    private static void AssertSame(List<string> model, List<string> migrations)
    {
        Assert.True(model.Count > 70, $"only {model.Count} columns and indexes were read");
        var missing = model.Except(migrations, StringComparer.Ordinal).Select(l => $"the model has {l}");
        var extra = migrations.Except(model, StringComparer.Ordinal).Select(l => $"the migrations make {l}");
        Assert.Empty(missing.Concat(extra));
    }
}
