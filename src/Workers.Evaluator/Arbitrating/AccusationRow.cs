namespace Workers.Evaluator.Arbitrating;

/// <summary>An accusation in a session whose arbiter this house is, and what came of it.</summary>
public sealed class AccusationRow
{
    public required string SessionId { get; init; }

    /// <summary>SHA-256 of the evidence.</summary>
    public required string EvidenceHash { get; init; }

    public required long BlockNumber { get; init; }

    public required string BlockHash { get; init; }

    public string? Provider { get; set; }

    /// <summary>Null until it is judged.</summary>
    public bool? IsFounded { get; set; }

    /// <summary>Why, for both parties.</summary>
    public string? Reason { get; set; }
}
