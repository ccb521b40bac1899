namespace Testing;

/// <summary>
/// The servers that the tests of one project share, each started at its first use. Declare it once per test project,
/// <c>[assembly: AssemblyFixture(typeof(RealServers))]</c>, and take it in the constructor of a test class. A test that
/// kills a server starts its own instead.
/// </summary>
public sealed class RealServers : IAsyncDisposable
{
    private readonly SemaphoreSlim starting = new(1, 1);
    private PostgresServer? postgres;
    private RabbitMqServer? rabbitMq;

    /// <summary>The shared PostgreSQL server.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>A server that answers; take a database of your own from it.</returns>
    public async Task<PostgresServer> PostgresAsync(CancellationToken cancellation = default)
    {
        await starting.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return postgres ??= await PostgresServer.StartAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            starting.Release();
        }
    }

    /// <summary>The shared RabbitMQ broker.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>A broker that answers; take a virtual host of your own from it.</returns>
    public async Task<RabbitMqServer> RabbitMqAsync(CancellationToken cancellation = default)
    {
        await starting.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return rabbitMq ??= await RabbitMqServer.StartAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            starting.Release();
        }
    }

    /// <summary>Ends the servers that were started.</summary>
    /// <returns>A task that ends when they are gone.</returns>
    public async ValueTask DisposeAsync()
    {
        if (postgres is not null)
        {
            await postgres.DisposeAsync().ConfigureAwait(false);
        }

        if (rabbitMq is not null)
        {
            await rabbitMq.DisposeAsync().ConfigureAwait(false);
        }

        starting.Dispose();
    }
}
