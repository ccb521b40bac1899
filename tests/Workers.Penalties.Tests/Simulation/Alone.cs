namespace Workers.Penalties.Tests.Simulation;

/// <summary>A thousand accounts at once: they have the machine when all other tests of this project are done.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
