using EndToEnd.Tests.Trading;

// The tests of one market wait for blocks most of the time, so they run side by side; those that kill run alone.
[assembly: CollectionBehavior(MaxParallelThreads = -1)]
[assembly: AssemblyFixture(typeof(SharedMarket))]
