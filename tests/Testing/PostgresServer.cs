using System.Globalization;
using Npgsql;

namespace Testing;

/// <summary>A private PostgreSQL server on a free loopback port, with durable commits like in production.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private int databases;

    private PostgresServer(ServerProcess process, int port)
    {
        Process = process;
        Port = port;
    }

    /// <summary>TCP port on 127.0.0.1; the same after every restart.</summary>
    public int Port { get; }

    /// <summary>The server's process: pause, resume, pid, log.</summary>
    public ServerProcess Process { get; }

    /// <summary>Makes a new cluster and starts it.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>A server that answers.</returns>
    public static async Task<PostgresServer> StartAsync(CancellationToken cancellation = default)
    {
        var binaries = FindBinaries();
        var port = LoopbackPort.Next();
        var directory = ServerProcess.NewDirectory("postgres");
        // initdb belongs to the first start; later starts find its cluster. recovery_init_sync_method spares the
        // walk through every file after a kill.
        var script = $"""
            [ -f data/PG_VERSION ] || "{binaries}/initdb" -D data -U postgres -A trust --no-sync -E UTF8 --locale=C.UTF-8 >initdb.log 2>&1 || cat initdb.log
            exec "{binaries}/postgres" -D data -p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="$PWD" \
              -c recovery_init_sync_method=syncfs -c max_connections=300 -c shared_buffers=64MB
            """;
        var command = new ServerCommand(
            "postgres",
            ["bash", "-c", script],
            "postgres",
            new Dictionary<string, string>(StringComparer.Ordinal),
            async token => await AnswersAsync(port, token).ConfigureAwait(false),
            "INT",
            TimeSpan.FromMinutes(3));
        var process = await ServerProcess.StartNewAsync(command, directory, cancellation).ConfigureAwait(false);
        return new PostgresServer(process, port);
    }

    /// <summary>Connection string of a database; the superuser postgres needs no password here.</summary>
    /// <param name="database">Name of the database.</param>
    /// <returns>An Npgsql connection string.</returns>
    public string ConnectionString(string database = "postgres") => ConnectionString(Port, database);

    /// <summary>Makes a database that nobody else uses.</summary>
    /// <param name="cancellation">Ends the command.</param>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateDatabaseAsync(CancellationToken cancellation = default)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"test_{Interlocked.Increment(ref databases)}");
        await using var source = NpgsqlDataSource.Create(ConnectionString());
        await using var create = source.CreateCommand($"CREATE DATABASE {name}");
        await create.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
        return ConnectionString(name);
    }

    /// <summary>Fast shutdown (SIGINT): open transactions are rolled back.</summary>
    /// <returns>A task that ends when the processes are gone.</returns>
    public Task StopAsync() => Process.StopAsync();

    /// <summary>kill -9 of the server and its backends.</summary>
    /// <returns>A task that ends when the processes are gone.</returns>
    public Task KillAsync() => Process.KillAsync();

    /// <summary>Starts again on the same port and data after a stop or a kill.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>A task that ends when the server answers.</returns>
    public Task RestartAsync(CancellationToken cancellation = default)
    {
        NpgsqlConnection.ClearAllPools();
        return Process.StartAsync(cancellation);
    }

    /// <summary>Kills the server and removes its data.</summary>
    /// <returns>A task that ends when both are gone.</returns>
    public ValueTask DisposeAsync() => Process.DisposeAsync();

    private static string ConnectionString(int port, string database) =>
        string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={port};Database={database};Username=postgres;Include Error Detail=true");

    private static async Task<bool> AnswersAsync(int port, CancellationToken cancellation)
    {
        await using var connection = new NpgsqlConnection(ConnectionString(port, "postgres") + ";Pooling=false;Timeout=2");
        await connection.OpenAsync(cancellation).ConfigureAwait(false);
        return true;
    }

    private static string FindBinaries()
    {
        var newest = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").OrderByDescending(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var version) ? version : 0).FirstOrDefault()
            : null;
        return newest is null
            ? throw new InvalidOperationException("PostgreSQL is not installed: run ./test, which installs it, or apt-get install postgresql.")
            : Path.Combine(newest, "bin");
    }
}
