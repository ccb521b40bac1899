using Ethereum;
using Workers.Hosting.Data;

namespace Workers.Penalties.Ratings;

/// <summary>Where a round stands.</summary>
public enum RoundState
{
    /// <summary>Agencies are asked.</summary>
    Asking,

    /// <summary>The standings are computed.</summary>
    Computed,

    /// <summary>On their way to the chain.</summary>
    Sent,

    /// <summary>Attested, finally; by this house or by another.</summary>
    Attested,

    /// <summary>They are those of the latest attestation: nothing is sent.</summary>
    Unchanged,

    /// <summary>Nothing came of it.</summary>
    Failed,
}

/// <summary>A round of ratings, and what came of it.</summary>
public sealed class RoundRow : IVersioned
{
    /// <summary>Number of the round since 1970.</summary>
    public required long Round { get; init; }

    /// <summary>Whoever was a member after this final block gets a standing.</summary>
    public required long BlockNumber { get; init; }

    public required string BlockHash { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Who has not answered by then is left out.</summary>
    public required DateTimeOffset AskUntil { get; set; }

    public RoundState State { get; set; }

    /// <summary>What happened, in sentences.</summary>
    public string Report { get; set; } = "";

    /// <summary><see cref="Hosting.Members.StandingsDocument"/>, once computed.</summary>
    public byte[]? Document { get; set; }

    /// <summary>Of the attestation that this house last signed for it; 0 for none.</summary>
    public long Number { get; set; }

    public string? TransactionHash { get; set; }

    public int Version { get; set; }
}

/// <summary>An agency in a round.</summary>
public sealed class AgencyRow : IVersioned
{
    public required long Round { get; init; }

    public required Address Agency { get; init; }

    /// <summary>It was heard, or is left out.</summary>
    public bool IsDone { get; set; }

    /// <summary>Why it is left out.</summary>
    public string? Problem { get; set; }

    public int Version { get; set; }
}

/// <summary>What an agency signed in a round, verified. Not for logs: it says how creditworthy people are.</summary>
public sealed class CreditAnswerRow
{
    public required long Round { get; init; }

    /// <summary>Keccak-256 of <see cref="Body"/>.</summary>
    public required Hash32 Id { get; init; }

    public required Address Agency { get; init; }

    /// <summary><see cref="Hosting.Members.CreditAnswer"/> as JSON.</summary>
    public required byte[] Body { get; init; }
}

/// <summary>Look whether a round begins, and which are due. Sent by the schedule.</summary>
public sealed record SweepRounds;

/// <summary>Ask an agency.</summary>
public sealed record AskAgency(long Round, string Agency);

/// <summary>Compute the standings, once all agencies were heard or the time for asking is over.</summary>
public sealed record ComputeRound(long Round);

/// <summary>Bring computed standings to the chain.</summary>
public sealed record AttestRound(long Round);
