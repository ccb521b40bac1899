using Workers.ChainListener;
using Workers.Hosting;

namespace Workers.Standalone.Fleets;

/// <summary>One organisation: its listener and its workers on a bus, keys and databases of its own.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    private readonly WebApplication application;

    private Fleet(string name, WebApplication application, FleetClient client)
    {
        Name = name;
        this.application = application;
        Client = client;
    }

    public string Name { get; }

    /// <summary>Speaks to the fleet as a person or a program outside it would.</summary>
    public FleetClient Client { get; }

    /// <summary>What the fleet is made of.</summary>
    public IServiceProvider Services => application.Services;

    /// <summary>Starts an organisation's fleet on a free port of 127.0.0.1.</summary>
    /// <param name="addWorkers">The workers beside the listener.</param>
    public static async Task<Fleet> StartAsync(string name, FleetSettings settings, Action<WebApplicationBuilder> addWorkers, CancellationToken cancellationToken)
    {
        var builder = Worker.CreateBuilder([]);
        builder.Configuration.AddInMemoryCollection(settings.ToConfiguration(name));
        builder.AddChainListener();
        addWorkers(builder);
        var application = builder.BuildWorker();
        await application.StartAsync(cancellationToken);
        var client = await FleetClient.ConnectAsync(new Uri(application.Urls.First()), settings.DirectoryOf(name), cancellationToken);
        return new Fleet(name, application, client);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await application.StopAsync();
        await application.DisposeAsync();
    }
}
