using System.Numerics;
using Ethereum;
using Workers.Collaboration.Models;
using Workers.Hosting.Data;

namespace Workers.Collaboration.Queries;

/// <summary>Where a query of this member stands. From <see cref="Settled"/> on it has ended.</summary>
public enum QueryState
{
    /// <summary>A collaborator is looked for.</summary>
    Agreeing,

    /// <summary>The bond is on its way to a final block.</summary>
    Bonding,

    /// <summary>Until the service's answer is here or, of a bonded query, on the chain.</summary>
    Forwarding,

    /// <summary>It is answered; the collaborator is paid by the confirmation, or by time.</summary>
    Confirming,

    /// <summary>The collaborator was paid.</summary>
    Settled,

    /// <summary>There was no answer, and reward and fee came back.</summary>
    Returned,

    /// <summary>It was never bonded.</summary>
    Failed,

    /// <summary>The service answered to this member itself; there was nothing to bond.</summary>
    Answered,
}

/// <summary>A query that this member asks through another.</summary>
public sealed class QueryRow : IVersioned
{
    /// <summary>The caller's id.</summary>
    public required Guid QueryId { get; init; }

    /// <summary>Its name on chain (<see cref="Hosting.Queries.BondedQuery"/>).</summary>
    public required Hash32 Query { get; init; }

    public required Address Service { get; init; }

    public required BigInteger Reward { get; init; }

    /// <summary>The service's when the query was ordered; more is not paid.</summary>
    public required BigInteger Fee { get; init; }

    public required DateTimeOffset OrderedAt { get; init; }

    /// <summary>This member's own place, millionths of a degree: what is found is filtered by it.</summary>
    public required int Latitude { get; init; }

    public required int Longitude { get; init; }

    /// <summary>o' (<see cref="Hosting.Members.ZoneQuery"/> as JSON).</summary>
    public required byte[] Asked { get; init; }

    /// <summary>The model that chose who asks what; null: it goes out as the caller gave it.</summary>
    public ModelKind? DisguisedBy { get; init; }

    /// <summary>Sealed to the service; empty where this member asks itself.</summary>
    public required byte[] Payload { get; init; }

    /// <summary>Private half of the key that the result is sealed to, wrapped by the vault; empty where this member asks itself.</summary>
    public required byte[] ReplyKey { get; init; }

    /// <summary>Accounts that may forward it, in the order in which they are asked, separated by spaces; empty where this member asks itself.</summary>
    public required string Candidates { get; set; }

    /// <summary>How many of them were tried before.</summary>
    public int Tried { get; set; }

    /// <summary>What the present one is asked to agree to, as JSON; null between two.</summary>
    public byte[]? Terms { get; set; }

    /// <summary>Its signature.</summary>
    public byte[]? Agreement { get; set; }

    public DateTimeOffset? AgreedAt { get; set; }

    public Address? Collaborator { get; set; }

    /// <summary>The sealed result as it came, or as it was fetched by the hash on chain.</summary>
    public byte[]? Result { get; set; }

    /// <summary>What is near to the own place: <see cref="Hosting.Members.NearPlace"/>s as JSON, nearest first.</summary>
    public byte[]? Found { get; set; }

    public QueryState State { get; set; }

    /// <summary>What went wrong last, for the operator.</summary>
    public string? Problem { get; set; }

    /// <summary>When it is looked after again; null once it has ended.</summary>
    public DateTimeOffset? NextAt { get; set; }

    public int Version { get; set; }
}

/// <summary>Where a query stands that this member agreed to forward.</summary>
public enum DutyState
{
    /// <summary>The querier has the agreement.</summary>
    Agreed,

    /// <summary>The payload is here, and goes to the service.</summary>
    Forwarding,

    /// <summary>The service has answered.</summary>
    Forwarded,

    /// <summary>Nothing is left to do.</summary>
    Ended,
}

/// <summary>A query that this member agreed to forward. There is one agreement for a query, and one payload, ever.</summary>
public sealed class DutyRow : IVersioned
{
    public required Hash32 Query { get; init; }

    /// <summary>1 for the first; of two at once that build on the same, one is decided again.</summary>
    public required long Number { get; init; }

    public required Address Querier { get; init; }

    /// <summary>As JSON.</summary>
    public required byte[] Terms { get; init; }

    public required byte[] Agreement { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>SHA-256, once it is here: no other query has the same.</summary>
    public Hash32? PayloadHash { get; set; }

    public byte[]? Payload { get; set; }

    /// <summary>What the service answered.</summary>
    public byte[]? Result { get; set; }

    public DutyState State { get; set; }

    /// <summary>While the service is being asked.</summary>
    public DateTimeOffset? AskedAt { get; set; }

    /// <summary>What went wrong last, or how it ended, for the operator.</summary>
    public string? Report { get; set; }

    /// <summary>When it is looked after again; null once it has ended.</summary>
    public DateTimeOffset? NextAt { get; set; }

    public int Version { get; set; }
}

/// <summary>Wake what is due. Sent by the schedule.</summary>
public sealed record SweepQueries;

/// <summary>Look what comes next for a query of this member.</summary>
public sealed record AdvanceQuery(Guid QueryId);

/// <summary>Look what comes next for a query that this member agreed to forward.</summary>
public sealed record AdvanceDuty(string Query);

/// <summary>Send the service a query that this member agreed to forward.</summary>
public sealed record ForwardDuty(string Query);
