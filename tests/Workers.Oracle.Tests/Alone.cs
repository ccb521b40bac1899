namespace Workers.Oracle.Tests;

/// <summary>Tests that need the machine for themselves. They run after all others.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
