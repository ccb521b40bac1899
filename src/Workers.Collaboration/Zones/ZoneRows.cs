using Ethereum;
using Workers.Hosting.Data;

namespace Workers.Collaboration.Zones;

/// <summary>Where a zone stands.</summary>
public enum ZoneState
{
    /// <summary>Members are asked.</summary>
    Asking,

    /// <summary>K − 1 members told their places.</summary>
    Formed,

    /// <summary>Too few did.</summary>
    Failed,
}

/// <summary>A zone that this member asked for.</summary>
public sealed class ZoneRow : IVersioned
{
    /// <summary>The caller's id.</summary>
    public required Guid ZoneId { get; init; }

    /// <summary>K: this member and K − 1 others.</summary>
    public required int Size { get; init; }

    public required DateTimeOffset OrderedAt { get; init; }

    /// <summary>This member's own place, millionths of a degree.</summary>
    public required int Latitude { get; init; }

    public required int Longitude { get; init; }

    /// <summary>The signed request (<see cref="SignedRequest"/>) as JSON; empty for a zone that reuses another's answers.</summary>
    public required byte[] Request { get; init; }

    /// <summary>The zone whose answers serve here, too: nobody was asked.</summary>
    public Guid? Reused { get; init; }

    public ZoneState State { get; set; }

    /// <summary>Who was asked how it went, for the operator.</summary>
    public string Report { get; set; } = "";

    public DateTimeOffset? EndedAt { get; set; }

    public int Version { get; set; }
}

/// <summary>An answer that this member got, verified, and the bill that it signed for it.</summary>
public sealed class AnswerRow
{
    public required Guid ZoneId { get; init; }

    public required Address Collaborator { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary><see cref="Hosting.Members.OpenedAnswer"/> as JSON.</summary>
    public required byte[] Answer { get; init; }

    /// <summary><see cref="Hosting.Members.SignedBill"/> as JSON.</summary>
    public required byte[] Bill { get; init; }

    /// <summary>The place, sealed to the collaborator: its copy.</summary>
    public required byte[] Copy { get; init; }

    /// <summary>Why the collaborator does not have its bill.</summary>
    public string? BillProblem { get; set; }
}

/// <summary>A place that this member told somebody. The same request gets the same answer.</summary>
public sealed class ToldRow
{
    /// <summary>Struct hash of the request.</summary>
    public required Hash32 Request { get; init; }

    /// <summary>1 for the first that was told; of two at once that build on the same, one is decided again.</summary>
    public required long Number { get; init; }

    public required Address Requester { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>The place that was told, millionths of a degree: what is told next has to agree with it.</summary>
    public required int Latitude { get; init; }

    public required int Longitude { get; init; }

    /// <summary><see cref="AnswerBody"/> as JSON.</summary>
    public required byte[] Body { get; init; }

    /// <summary>Struct hash of the answer, by which its bill is known.</summary>
    public required Hash32 Answer { get; init; }

    /// <summary><see cref="Hosting.Members.SignedBill"/> as JSON, once the requester sent it.</summary>
    public byte[]? Bill { get; set; }
}
