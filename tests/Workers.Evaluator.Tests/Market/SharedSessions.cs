using Workers.Standalone.Sessions;

[assembly: AssemblyFixture(typeof(Workers.Evaluator.Tests.Market.SharedSessions))]

// They mostly wait for blocks.
[assembly: CollectionBehavior(MaxParallelThreads = 3)]

namespace Workers.Evaluator.Tests.Market;

/// <summary>One market for the tests that each open a session of their own: an honest provider whose labels say nothing joins every one.</summary>
public sealed class SharedSessions : IAsyncDisposable
{
    private readonly Lazy<Task<SessionBench>> _bench = new(() => SessionBench.StartAsync(
        new() { ["Collecting:EnoughProviders"] = "2" }, new ProviderSetup("alpha", SessionBench.Shuffled(SessionBench.Digits(2)))));

    internal Task<SessionBench> BenchAsync() => _bench.Value;

    public async ValueTask DisposeAsync()
    {
        if (_bench.IsValueCreated)
        {
            await (await _bench.Value).DisposeAsync();
        }
    }
}
