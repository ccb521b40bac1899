using Ethereum;
using Workers.Hosting.Data;
using Workers.Hosting.Members;

namespace LocationService.Bonded;

/// <summary>A forward that a collaborator signed: the only one for its query, and the only one for its payload.</summary>
public sealed class ForwardRow
{
    public required Address Collaborator { get; init; }

    public required Hash32 Query { get; init; }

    /// <summary>SHA-256.</summary>
    public required Hash32 Payload { get; init; }

    /// <summary>Its own, over <see cref="Statements"/>' forward.</summary>
    public required byte[] Signature { get; init; }
}

/// <summary>The one result of a query.</summary>
public sealed class AnswerRow
{
    public required Hash32 Query { get; init; }

    /// <summary>SHA-256 of the payload that asked.</summary>
    public required Hash32 Payload { get; init; }

    public required byte[] Sealed { get; init; }

    public required DateTimeOffset At { get; init; }
}

/// <summary>Two forwards that convict their signer.</summary>
public sealed class FindingRow : IVersioned
{
    public required Address Collaborator { get; init; }

    /// <summary>Of the forward that came first. Who contradicts it more often is not written down more often.</summary>
    public required Hash32 Query { get; init; }

    /// <summary><see cref="Workers.Hosting.Members.Evidence"/> as JSON.</summary>
    public required byte[] Evidence { get; init; }

    public required DateTimeOffset At { get; init; }

    public DateTimeOffset? ReportedAt { get; set; }

    /// <summary>Why the house does not have it.</summary>
    public string? Problem { get; set; }

    public int Version { get; set; }
}
