using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Workers.Hosting.Data;

namespace Workers.Hosting.Probe;

/// <summary>
/// Migrations are written by hand; this compares the tables that they make with the tables of the model. Every worker's tests
/// call it for both providers.
/// </summary>
public static class MigrationCheck
{
    private const string SqliteSchema =
        """
        SELECT 'column ' || t.name || '.' || c.name || ' ' || c.type || (CASE c."notnull" WHEN 1 THEN ' not null' ELSE '' END) || ' pk ' || c.pk || ' ' || coalesce(c.dflt_value, '')
               || (CASE WHEN c.pk = 1 AND t.sql LIKE '%AUTOINCREMENT%' THEN ' autoincrement' ELSE '' END)
        FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND t.name NOT LIKE '\_\_EF%' ESCAPE '\'
        UNION ALL
        SELECT 'index ' || t.name || ' ' || i.name || ' unique ' || i."unique" || ' (' || (SELECT group_concat(coalesce(x.name, '?')) FROM pragma_index_info(i.name) x) || ') ' || i.partial
        FROM sqlite_master t JOIN pragma_index_list(t.name) i WHERE t.type = 'table' AND t.name NOT LIKE '\_\_EF%' ESCAPE '\'
        UNION ALL
        SELECT 'foreign key ' || t.name || '.' || f."from" || ' -> ' || f."table" || '.' || f."to" || ' ' || f.on_delete
        FROM sqlite_master t JOIN pragma_foreign_key_list(t.name) f WHERE t.type = 'table'
        """;

    // Without Quartz's own tables, which no model maps; its store checks them when it starts.
    private const string PostgresSchema =
        """
        SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || coalesce('(' || character_maximum_length || ')', '') || coalesce('(' || numeric_precision || ',' || numeric_scale || ')', '')
               || ' nullable ' || is_nullable || ' identity ' || is_identity || ' ' || coalesce(column_default, '')
        FROM information_schema.columns WHERE table_schema = current_schema() AND table_name NOT LIKE '\_\_EF%' AND table_name NOT LIKE 'qrtz%'
        UNION ALL
        SELECT 'index ' || replace(indexdef, current_schema() || '.', '') FROM pg_indexes WHERE schemaname = current_schema() AND tablename NOT LIKE '\_\_EF%' AND tablename NOT LIKE 'qrtz%'
        UNION ALL
        SELECT 'constraint ' || conname || ' ' || replace(pg_get_constraintdef(oid), current_schema() || '.', '') FROM pg_constraint
        WHERE connamespace = current_schema()::regnamespace AND conrelid::regclass::text NOT LIKE '%\_\_EF%' AND conrelid::regclass::text NOT LIKE '%qrtz%'
        """;

    /// <summary>What the two SQLite schemas do not have in common; empty when they agree.</summary>
    public static async Task<IReadOnlyList<string>> SqliteDifferencesAsync<TDb>(CancellationToken cancellationToken)
        where TDb : WorkerDbContext
    {
        var directory = Directory.CreateTempSubdirectory("migration-check").FullName;
        try
        {
            await using var migrated = Make<TDb>(o => o.UseSqlite($"Data Source={directory}/migrated.db;Pooling=false"));
            await using var modelled = Make<TDb>(o => o.UseSqlite($"Data Source={directory}/modelled.db;Pooling=false"));
            return await DifferencesAsync(migrated, modelled, SqliteSchema, cancellationToken);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>The same for PostgreSQL, in two new schemas of an empty database.</summary>
    public static async Task<IReadOnlyList<string>> PostgresDifferencesAsync<TDb>(string connectionString, CancellationToken cancellationToken)
        where TDb : WorkerDbContext
    {
        await using (var source = NpgsqlDataSource.Create(connectionString))
        await using (var create = source.CreateCommand("CREATE SCHEMA migrated; CREATE SCHEMA modelled;"))
        {
            await create.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var migrated = Make<TDb>(o => o.UseNpgsql($"{connectionString};Search Path=migrated", n => n.MigrationsHistoryTable("__EFMigrationsHistory", "migrated")));
        await using var modelled = Make<TDb>(o => o.UseNpgsql($"{connectionString};Search Path=modelled"));
        return await DifferencesAsync(migrated, modelled, PostgresSchema, cancellationToken);
    }

    private static TDb Make<TDb>(Action<DbContextOptionsBuilder<TDb>> use)
        where TDb : WorkerDbContext
    {
        var options = new DbContextOptionsBuilder<TDb>().ConfigureWarnings(w => w.Ignore(RelationalEventId.PendingModelChangesWarning, RelationalEventId.ModelSnapshotNotFound));
        use(options);
        return ActivatorUtilities.CreateInstance<TDb>(new ServiceCollection().AddSingleton(TimeProvider.System).BuildServiceProvider(), options.Options);
    }

    private static async Task<IReadOnlyList<string>> DifferencesAsync(DbContext migrated, DbContext modelled, string query, CancellationToken cancellationToken)
    {
        await migrated.Database.MigrateAsync(cancellationToken);
        var creator = modelled.GetService<IRelationalDatabaseCreator>();
        await modelled.Database.OpenConnectionAsync(cancellationToken);
        await creator.CreateTablesAsync(cancellationToken);
        var byMigrations = await migrated.Database.SqlQueryRaw<string>(query).ToListAsync(cancellationToken);
        var byModel = await modelled.Database.SqlQueryRaw<string>(query).ToListAsync(cancellationToken);
        return
        [
            .. byMigrations.Except(byModel, StringComparer.Ordinal).Select(d => $"only by migrations: {d}"),
            .. byModel.Except(byMigrations, StringComparer.Ordinal).Select(d => $"only in the model: {d}"),
            .. byModel.Count == 0 ? ["the model has no tables"] : Array.Empty<string>(),
        ];
    }
}
