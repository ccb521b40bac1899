namespace Workers.Collaboration.Tests.Market;

/// <summary>Tests with twenty fleets, or that take the time: each has the machine when all others of this project are done.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
