using Ethereum;
using Testing;
using Workers.Standalone.Fleets;

namespace EndToEnd.Tests.Production;

/// <summary>One organisation in production's shape: a listener and an encryption worker that share a virtual host and a database.</summary>
internal sealed record Organisation(string Name, Address Account, FleetClient Client, WorkerProcess Listener, WorkerProcess Encryption) : IAsyncDisposable
{
    public IEnumerable<WorkerProcess> Workers => [Listener, Encryption];

    /// <summary>Starts both workers.</summary>
    /// <param name="settings">What organisations share, and what this one wants in particular.</param>
    public static async Task<Organisation> StartAsync(string name, FleetSettings settings, CancellationToken cancellationToken)
    {
        // The processes write to their standard output, which the test keeps; logs in files are for ./run.
        var configuration = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var (key, value) in settings.ToConfiguration(name).Where(s => !s.Key.StartsWith("Serilog:", StringComparison.Ordinal)))
        {
            configuration[key] = value;
        }

        var ofListener = new Dictionary<string, string?>(configuration, StringComparer.Ordinal) { ["Data:Directory"] = settings.DirectoryOf($"{name}-listener") };
        var starting = WorkerProcess.StartAsync($"{name}'s listener", "Workers.ChainListener.dll", ofListener, cancellationToken);
        var encryption = await WorkerProcess.StartAsync($"{name}'s encryption", "Workers.Encryption.dll", configuration, cancellationToken);
        var listener = await starting;
        var client = await FleetClient.ConnectAsync(encryption.Address, settings.DirectoryOf(name), cancellationToken);
        var account = Address.Parse(await client.AccountAsync(cancellationToken));
        return new Organisation(name, account, client, listener, encryption);
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
        await Encryption.DisposeAsync();
        await Listener.DisposeAsync();
    }
}
