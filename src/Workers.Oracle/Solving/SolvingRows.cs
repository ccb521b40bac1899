using System.Text.Json;
using Workers.Hosting.Data;
using Workers.Oracle.Requests;

namespace Workers.Oracle.Solving;

/// <summary>What a node of a committee knows of the members' profiles. The profiles themselves are forgotten as soon as they are counted.</summary>
public sealed class GatheringRow : IVersioned
{
    public required string RequestId { get; init; }

    /// <summary>What the committee agrees on; null until all profiles are there.</summary>
    public string? ProfileDigest { get; set; }

    /// <summary>π and ψ, wrapped by the master key; null where there is a refusal.</summary>
    public byte[]? WrappedGame { get; set; }

    /// <summary>Why no node can work by the request's document.</summary>
    public string? Refusal { get; set; }

    /// <summary>Why the profiles are not there.</summary>
    public string? Problem { get; set; }

    /// <summary>What the members' sources delivered, as JSON: evidence where they disagree.</summary>
    public string Findings { get; set; } = "[]";

    public required DateTimeOffset At { get; set; }

    public int Version { get; set; }
}

/// <summary>What this node has to propose in an attempt.</summary>
public sealed class SolutionRow : IVersioned
{
    public required string RequestId { get; init; }

    public required int Attempt { get; init; }

    /// <summary>The <see cref="Requests.Proposal"/> as JSON; null while it is solved, or when it came to nothing.</summary>
    public string? Proposal { get; set; }

    /// <summary>Why it came to nothing.</summary>
    public string? Problem { get; set; }

    /// <summary>Cost of the model, the bound on the least, and privacy in kilometres; 0 of a refusal.</summary>
    public double Cost { get; set; }

    public double LowerBound { get; set; }

    public double Privacy { get; set; }

    public double Seconds { get; set; }

    public int Version { get; set; }

    internal Proposal ToProposal() => JsonSerializer.Deserialize<Proposal>(Proposal!)!;
}

/// <summary>What this node found out about another node's proposal.</summary>
public sealed class VerdictRow : IVersioned
{
    public required string RequestId { get; init; }

    public required string ProposalHash { get; init; }

    /// <summary>Null while it is checked, and when this node abstains.</summary>
    public bool? Accept { get; set; }

    /// <summary>SHA-256 of the published <see cref="RejectionReport"/>; zero when it accepts.</summary>
    public string Evidence { get; set; } = Ethereum.Hash32.Zero.ToString();

    /// <summary>What is wrong with it, or why this node abstains.</summary>
    public string? Problem { get; set; }

    public double Seconds { get; set; }

    public int Version { get; set; }
}
