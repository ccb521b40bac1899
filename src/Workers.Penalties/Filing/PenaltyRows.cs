using Ethereum;
using Workers.Hosting.Chain;
using Workers.Hosting.Data;

namespace Workers.Penalties.Filing;

/// <summary>A penalty on the chain, whoever accused.</summary>
public sealed class PenaltyRow : IVersioned
{
    /// <summary>What convicted: the contract takes it once.</summary>
    public required Hash32 Evidence { get; init; }

    /// <summary>The second of two statements that contradict each other, which convicts nobody again either; else zero.</summary>
    public Hash32 Other { get; set; }

    public Address Offender { get; set; }

    /// <summary>False when a reorganisation has taken it away again; all else is of the event.</summary>
    public bool IsShown { get; set; }

    public Address Accuser { get; set; }

    public long BlockNumber { get; set; }

    public string BlockHash { get; set; } = "";

    public string TransactionHash { get; set; } = "";

    /// <summary>Whether its block was final when it was last looked at.</summary>
    public bool IsFinal { get; set; }

    public int Version { get; set; }
}

/// <summary>A penalty, as it stands in one block.</summary>
public sealed class PenaltyFactRow : IFactRow
{
    public required Hash32 Evidence { get; init; }

    public required Hash32 Other { get; init; }

    public required Address Offender { get; init; }

    public required long BlockNumber { get; init; }

    public required string BlockHash { get; init; }

    public required long LogIndex { get; init; }

    public required string TransactionHash { get; init; }

    public required Address Accuser { get; init; }
}
