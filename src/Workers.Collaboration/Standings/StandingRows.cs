using Ethereum;
using Workers.Hosting.Chain;
using Workers.Hosting.Data;

namespace Workers.Collaboration.Standings;

/// <summary>An attestation of everybody's standing, and its document once it is here.</summary>
public sealed class AttestationRow : IVersioned
{
    public required Hash32 Root { get; init; }

    /// <summary>The latest number under which this root was attested; 0 when all of them vanished in reorganisations.</summary>
    public long Number { get; set; }

    public int Members { get; set; }

    /// <summary>From which reputation on, in millionths, one can be elected bookkeeper.</summary>
    public long Least { get; set; }

    /// <summary>SHA-256 of the document.</summary>
    public Hash32 Content { get; set; }

    /// <summary>The document (<see cref="StandingsDocument"/>), checked against the root; null until it was fetched.</summary>
    public byte[]? Document { get; set; }

    /// <summary>Why it never will be: what was attested is not what lies there.</summary>
    public string? Problem { get; set; }

    public int Version { get; set; }
}

/// <summary>An attestation as it stands in one block.</summary>
public sealed class AttestationFactRow : IFactRow
{
    public required Hash32 Root { get; init; }

    public required long BlockNumber { get; init; }

    public required string BlockHash { get; init; }

    public required long LogIndex { get; init; }

    public required long Number { get; init; }

    public required int Members { get; init; }

    public required long Least { get; init; }

    public required Hash32 Content { get; init; }
}

/// <summary>Fetch the document of an attestation.</summary>
public sealed record FetchStandings(string Root);
