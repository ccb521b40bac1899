using Workers.Hosting.Chain;
using Workers.Hosting.Data;

namespace Workers.Oracle.Requests;

/// <summary>A fact as it stands in one block. It is deleted when the block leaves the chain.</summary>
public sealed class RequestFactRow : IFactRow
{
    public required string RequestId { get; init; }

    public required long BlockNumber { get; init; }

    public required string BlockHash { get; init; }

    public required long LogIndex { get; init; }

    /// <summary>The <see cref="RequestFact"/> as JSON.</summary>
    public required string Fact { get; init; }
}

/// <summary>What is searched for of a request; its facts have the rest (<see cref="OracleRequest.Of"/>).</summary>
public sealed class RequestRow : IVersioned
{
    public required string RequestId { get; init; }

    public string Requester { get; set; } = "";

    public RequestState State { get; set; }

    /// <summary>A fee or a stake is still held for it.</summary>
    public bool IsOpen { get; set; }

    /// <summary>How many facts stand behind it.</summary>
    public int Facts { get; set; }

    public int Version { get; set; }
}

/// <summary>Published in the worker whenever a request may need its next step: its facts changed, finality moved, or time passed.</summary>
public sealed record RequestChanged(string RequestId);
