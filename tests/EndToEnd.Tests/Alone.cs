using EndToEnd.Tests.Trading;

namespace EndToEnd.Tests;

/// <summary>Tests that need the machine for themselves and harm the one market that they have. They run after all others.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone : ICollectionFixture<HarmedMarket>;
