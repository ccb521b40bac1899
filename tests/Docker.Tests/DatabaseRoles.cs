using System.Globalization;
using Npgsql;
using Testing;

namespace Docker.Tests;

/// <summary>A server on which docker/postgres/10-workers.sh ran.</summary>
public sealed class DatabaseWithRoles : IAsyncLifetime
{
    private PostgresServer server = null!;
    private NpgsqlConnectionStringBuilder market = null!;

    internal Secrets Secrets { get; private set; } = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Secrets = await Secrets.MakeAsync(Cancellation);
        server = await PostgresServer.StartAsync(Cancellation);
        market = new NpgsqlConnectionStringBuilder(await server.CreateDatabaseAsync(Cancellation));
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PGHOST"] = "127.0.0.1",
            ["PGPORT"] = server.Port.ToString(CultureInfo.InvariantCulture),
            ["POSTGRES_USER"] = "postgres",
            ["POSTGRES_DB"] = market.Database!,
            ["SECRETS"] = Secrets.Path,
        };
        await Secrets.RunAsync(RepositoryFiles.At("docker", "postgres", "10-workers.sh"), [], variables, Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        Secrets.Dispose();
    }

    public async Task<object?> ExecuteAsync(string role, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(market.ConnectionString) { Username = role, Pooling = false }.ConnectionString);
        await connection.OpenAsync(Cancellation);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Cancellation);
    }
}

public sealed class DatabaseRoles(DatabaseWithRoles database) : IClassFixture<DatabaseWithRoles>
{
    [Theory]
    [InlineData("listener")]
    [InlineData("encryption")]
    public async Task Let_a_worker_make_tables_in_its_own_schema(string worker)
    {
        Assert.Equal(worker, await database.ExecuteAsync(worker, "CREATE TABLE rows(id int); SELECT current_schema()"));
    }

    [Theory]
    [InlineData("CREATE TABLE encryption.mine(id int)")]
    [InlineData("CREATE TABLE public.mine(id int)")]
    [InlineData("CREATE SCHEMA mine")]
    [InlineData("CREATE DATABASE mine")]
    [InlineData("SELECT * FROM encryption.keys")]
    public async Task Refuse_a_worker_everything_else(string sql)
    {
        await database.ExecuteAsync("encryption", "CREATE TABLE IF NOT EXISTS keys(id int)");

        var refused = await Assert.ThrowsAsync<PostgresException>(() => database.ExecuteAsync("listener", sql));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    [Fact]
    public async Task Store_the_password_that_the_worker_is_given()
    {
        // This server trusts everybody on the loopback, so the stored verifier is compared instead: SCRAM-SHA-256 and not empty.
        var stored = (string?)await database.ExecuteAsync("postgres", "SELECT rolpassword FROM pg_authid WHERE rolname = 'listener'");

        Assert.StartsWith("SCRAM-SHA-256$", stored, StringComparison.Ordinal);
        Assert.EndsWith($"Password={database.Secrets["listener-postgres"]}", database.Secrets["listener-database"], StringComparison.Ordinal);
    }
}
