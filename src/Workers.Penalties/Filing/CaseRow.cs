using System.Collections.Immutable;
using System.Numerics;
using Ethereum;
using Workers.Hosting.Data;
using Workers.Hosting.Members;
using Workers.Penalties.Verdicts;

namespace Workers.Penalties.Filing;

/// <summary>Where a case stands.</summary>
public enum CaseState
{
    /// <summary>The bill is sent when it is due.</summary>
    Waiting,

    /// <summary>An operator holds it.</summary>
    Held,

    /// <summary>On its way to the chain.</summary>
    Filed,

    /// <summary>The contract has penalised the offender, finally.</summary>
    Penalised,

    /// <summary>By an operator.</summary>
    Withdrawn,

    /// <summary>The evidence shows nothing, or comes too late.</summary>
    Dismissed,

    /// <summary>The contract did not take the bill, or took it for a false accusation.</summary>
    Failed,
}

/// <summary>Evidence of misconduct, and what was decided about it.</summary>
public sealed class CaseRow : IVersioned
{
    /// <summary>The offence with the statements that show it, or Keccak-256 of evidence that shows nothing: the same twice is one case.</summary>
    public required Hash32 Id { get; init; }

    /// <summary><see cref="Hosting.Members.Evidence"/> as JSON. It holds places: not for logs.</summary>
    public required byte[] Evidence { get; init; }

    public required Offence Offence { get; init; }

    public required Address Offender { get; init; }

    public required string FoundBy { get; init; }

    public required DateTimeOffset FoundAt { get; init; }

    /// <summary>When the bill is sent, unless somebody holds it.</summary>
    public DateTimeOffset Due { get; set; }

    /// <summary>When it was looked at last: what cannot move must not keep the others waiting.</summary>
    public DateTimeOffset? LookedAt { get; set; }

    public CaseState State { get; set; }

    /// <summary>Why it stands there, for a person.</summary>
    public string Sentence { get; set; } = "";

    /// <summary>Of the bill.</summary>
    public string? TransactionHash { get; set; }

    public int Version { get; set; }

    /// <summary>By which a case is known.</summary>
    /// <param name="subject">What convicts: the statements together, or a verdict's conviction.</param>
    public static Hash32 IdOf(Offence offence, Hash32 subject) => OrderedTree.Join(Keccak256.Hash(offence.ToString()), subject);

    /// <summary>What convicts in this case: once any of it has, whoever accused and of whatever, the contract takes no bill of the case.</summary>
    public ImmutableArray<Hash32> Convicting(ConductReference market) => Offence < Offence.MissingReview
        ? MemberJson.Read<Evidence>(Evidence).Convicting(market)
        : [VerdictPolicy.ConvictionOf(MemberJson.Read<Verdict>(Evidence))];
}

/// <summary>An operator's wish to have a bond, without which nobody can accuse.</summary>
public sealed class BondRow : IVersioned
{
    /// <summary>The caller's id.</summary>
    public required Guid Id { get; init; }

    public required BigInteger Amount { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Why it came to nothing.</summary>
    public string? Problem { get; set; }

    public int Version { get; set; }
}

/// <summary>Look which cases are due, and which wishes wait for an approval. Sent by the schedule.</summary>
public sealed record SweepCases;

/// <summary>File the bill of a case that is due.</summary>
public sealed record FileCase(string Id);
