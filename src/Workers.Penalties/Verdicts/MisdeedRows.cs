using Ethereum;
using Workers.Hosting.Chain;
using Workers.Hosting.Data;
using Workers.Hosting.Members;

namespace Workers.Penalties.Verdicts;

/// <summary>What an event says of its subject.</summary>
public enum Saying
{
    /// <summary>Nothing against anybody.</summary>
    Nothing,

    /// <summary>Until when something was to be done.</summary>
    Deadline,

    /// <summary>That it was done, or need not be.</summary>
    Excuse,

    /// <summary>That somebody did what it must not, or did not what it must.</summary>
    Accusation,
}

/// <summary>What events, all together, say of a subject.</summary>
public sealed class MisdeedRow : IVersioned
{
    public required Offence Offence { get; init; }

    public required Hash32 Subject { get; init; }

    /// <summary>Whether there is an accusation without an excuse; all else is of the accusation.</summary>
    public bool IsShown { get; set; }

    public Address Offender { get; set; }

    public long BlockNumber { get; set; }

    public string BlockHash { get; set; } = "";

    public string TransactionHash { get; set; } = "";

    public long LogIndex { get; set; }

    /// <summary>Unix time until which nothing was late; 0 where nothing waits for a time.</summary>
    public long Deadline { get; set; }

    /// <summary>The block that set the deadline; 0 where nothing waits for a time.</summary>
    public long SinceBlock { get; set; }

    public string SinceHash { get; set; } = "";

    /// <summary>Unix time of that block, once it was final.</summary>
    public long Since { get; set; }

    /// <summary>Unix time of the block, once that was final; until then null.</summary>
    public long? Time { get; set; }

    public int Version { get; set; }
}

/// <summary>An event about a subject, as it stands in one block.</summary>
public sealed class MisdeedFactRow : IFactRow
{
    public required Offence Offence { get; init; }

    public required Hash32 Subject { get; init; }

    public required long BlockNumber { get; init; }

    public required string BlockHash { get; init; }

    public required long LogIndex { get; init; }

    public required string TransactionHash { get; init; }

    public required Saying Saying { get; init; }

    /// <summary>Of an accusation.</summary>
    public Address? Offender { get; init; }

    /// <summary>Of a deadline, Unix time.</summary>
    public long? Time { get; init; }
}

/// <summary>What another attestor said to a verdict.</summary>
public sealed class VerdictSignatureRow : IVersioned
{
    public required Hash32 Case { get; init; }

    public required Address Attestor { get; init; }

    public byte[]? Signature { get; set; }

    /// <summary>Why it does not sign.</summary>
    public string? Problem { get; set; }

    /// <summary>While it is being asked.</summary>
    public DateTimeOffset? AskedAt { get; set; }

    public int Version { get; set; }
}

/// <summary>Look at what has become final. Sent by the schedule.</summary>
public sealed record SweepVerdicts;

/// <summary>Come to verdicts on an account.</summary>
public sealed record JudgeAccount(Offence Offence, string Account);

/// <summary>Sign a verdict whose case is due, have it signed, and send it.</summary>
public sealed record PassVerdict(string Case);

/// <summary>Ask another attestor to sign one.</summary>
public sealed record AskVerdict(string Case, string Attestor);
