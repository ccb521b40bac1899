using System.Globalization;
using Ethereum;
using Npgsql;
using Workers.Standalone.Fleets;

namespace Testing;

/// <summary>One organisation in production's shape: a listener and one other worker, each a process, that share a virtual host and a database.</summary>
internal sealed class Organisation : IAsyncDisposable
{
    private Organisation(string name, Address account, FleetClient client, WorkerProcess listener, WorkerProcess worker, NpgsqlDataSource rows) =>
        (Name, Account, Client, Listener, Worker, Rows) = (name, account, client, listener, worker, rows);

    public string Name { get; }

    public Address Account { get; }

    public FleetClient Client { get; }

    public WorkerProcess Listener { get; }

    public WorkerProcess Worker { get; }

    public IEnumerable<WorkerProcess> Workers => [Listener, Worker];

    /// <summary>Its database.</summary>
    public NpgsqlDataSource Rows { get; }

    /// <summary>How often its worker was killed.</summary>
    public int Kills { get; private set; }

    /// <summary>A virtual host and a database of its own. Faults end within seconds, so nobody has to wait for minutes between two attempts.</summary>
    public static async Task<Dictionary<string, string>> SettingsAsync(RabbitMqServer rabbitMq, PostgresServer postgres, CancellationToken cancellationToken) => new(StringComparer.Ordinal)
    {
        ["Bus:Kind"] = "RabbitMq",
        ["Bus:Host"] = "127.0.0.1",
        ["Bus:Port"] = rabbitMq.Port.ToString(CultureInfo.InvariantCulture),
        ["Bus:VirtualHost"] = await rabbitMq.CreateVirtualHostAsync(cancellationToken),
        ["Bus:PublishTimeout"] = "00:00:05",
        ["Database:Kind"] = "PostgreSql",
        ["Database:ConnectionString"] = await postgres.CreateDatabaseAsync(cancellationToken) + ";Maximum Pool Size=12",
        ["Delivery:FirstDelay"] = "00:00:00.5",
        ["Delivery:MaximumDelay"] = "00:00:05",
        ["Transactions:RebroadcastAfter"] = "00:00:02",
    };

    /// <summary>Starts both workers.</summary>
    /// <param name="assembly">Of the worker beside the listener.</param>
    /// <param name="settings">What organisations share, and what this one wants in particular.</param>
    public static async Task<Organisation> StartAsync(string name, string assembly, FleetSettings settings, CancellationToken cancellationToken)
    {
        // The processes write to their standard output, which the test keeps; logs in files are for ./run. Of two values for a key the last counts.
        var configuration = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var (key, value) in settings.ToConfiguration(name).Where(s => !s.Key.StartsWith("Serilog:", StringComparison.Ordinal)))
        {
            configuration[key] = value;
        }

        var ofListener = new Dictionary<string, string?>(configuration, StringComparer.Ordinal) { ["Data:Directory"] = settings.DirectoryOf($"{name}-listener") };
        var starting = WorkerProcess.StartAsync($"{name}'s listener", "Workers.ChainListener.dll", ofListener, cancellationToken);
        var worker = await WorkerProcess.StartAsync($"{name}'s worker", assembly, configuration, cancellationToken);
        var listener = await starting;
        var client = await FleetClient.ConnectAsync(worker.Address, settings.DirectoryOf(name), cancellationToken);
        var account = Address.Parse(await client.AccountAsync(cancellationToken));
        return new Organisation(name, account, client, listener, worker, NpgsqlDataSource.Create(configuration["Database:ConnectionString"]!));
    }

    /// <summary>kill -9 for its worker.</summary>
    public Task KillAsync()
    {
        Kills++;
        return Worker.KillAsync();
    }

    /// <summary>Starts its worker again.</summary>
    public Task RestartAsync(CancellationToken cancellationToken) => Worker.RestartAsync(cancellationToken);

    /// <summary>One value from its database, as text; empty for none.</summary>
    public async Task<string> AskAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = Rows.CreateCommand(sql);
        return Convert.ToString(await command.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture) ?? "";
    }

    /// <summary>Every transaction that it queued.</summary>
    public async Task<List<TransactionView>> TransactionsAsync(CancellationToken cancellationToken)
    {
        var all = new List<TransactionView>();
        while (await Client.TransactionsAsync(cancellationToken, all.LastOrDefault()?.Id ?? 0) is { Length: > 0 } page)
        {
            all.AddRange(page);
        }

        return all;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Worker.DisposeAsync();
        await Listener.DisposeAsync();
        await Rows.DisposeAsync();
    }
}
