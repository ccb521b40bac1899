using Ethereum;
using Workers.Hosting.Chain;
using Workers.Hosting.Data;

namespace Workers.Penalties.Ratings;

/// <summary>A settled epoch, and whether its bills were counted.</summary>
public sealed class EpochRow : IVersioned
{
    public required long Epoch { get; init; }

    /// <summary>False: its settling vanished in a reorganisation.</summary>
    public bool IsSettled { get; set; }

    /// <summary>Where it was settled.</summary>
    public long BlockNumber { get; set; }

    /// <summary>The root whose bills were counted; null until they were.</summary>
    public Hash32? Counted { get; set; }

    /// <summary>Why they never will be: what was posted is not what lies there.</summary>
    public string? Problem { get; set; }

    public int Version { get; set; }
}

/// <summary>That an epoch was settled, as it stands in one block.</summary>
public sealed class EpochFactRow : IFactRow
{
    public required long Epoch { get; init; }

    public required long BlockNumber { get; init; }

    public required string BlockHash { get; init; }

    public required long LogIndex { get; init; }

    public required Hash32 Root { get; init; }
}

/// <summary>How often a member helped in an epoch.</summary>
public sealed class HelpRow
{
    public required long Epoch { get; init; }

    public required Address Member { get; init; }

    /// <summary>Different answers that were billed to it.</summary>
    public required long Zones { get; init; }
}

/// <summary>Count the bills of a settled epoch.</summary>
public sealed record CountEpoch(long Epoch);
