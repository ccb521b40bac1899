using Workers.Hosting.Chain;
using Workers.Hosting.Data;

namespace Workers.Evaluator.Sessions;

/// <summary>A fact as it stands in one block. It is deleted when the block leaves the chain.</summary>
public sealed class SessionFactRow : IFactRow
{
    public required string SessionId { get; init; }

    public required long BlockNumber { get; init; }

    public required string BlockHash { get; init; }

    public required long LogIndex { get; init; }

    /// <summary>The <see cref="SessionFact"/> as JSON.</summary>
    public required string Fact { get; init; }
}

/// <summary>What is searched for of a session; its facts have the rest (<see cref="Session.Of"/>).</summary>
public sealed class SessionRow : IVersioned
{
    public required string SessionId { get; init; }

    public string Collector { get; set; } = "";

    public SessionState State { get; set; }

    /// <summary>Money of the parties is still in escrow, deposits included.</summary>
    public bool IsOpen { get; set; }

    /// <summary>How many facts stand behind it.</summary>
    public int Facts { get; set; }

    public int Version { get; set; }
}

/// <summary>Published in the worker whenever a session may need its next step: its facts changed, finality moved, or time passed.</summary>
public sealed record SessionChanged(string SessionId);
