using EndToEnd.Tests.Trading;

namespace EndToEnd.Tests;

/// <summary>Tests that need the machine for themselves. They run after all others.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone : ICollectionFixture<EmptyMachine>;

/// <summary>Closes the market of the tests before: its workers would take a good part of the processor's time, however idle.</summary>
public sealed class EmptyMachine(SharedMarket shared) : IAsyncLifetime
{
    public async ValueTask InitializeAsync() => await shared.DisposeAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
