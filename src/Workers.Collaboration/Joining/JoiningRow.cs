using System.Numerics;
using Ethereum;
using Workers.Hosting.Data;

namespace Workers.Collaboration.Joining;

/// <summary>An operator's wish to join the market, or to change key and endpoint.</summary>
public sealed class JoiningRow : IVersioned
{
    /// <summary>Keccak-256 of the call: the same wish twice is one.</summary>
    public required Hash32 Id { get; init; }

    /// <summary>IConduct.join, encoded.</summary>
    public required byte[] Call { get; init; }

    /// <summary>What the contract takes: what is added to the bond, and the dues.</summary>
    public required BigInteger Amount { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Why it came to nothing.</summary>
    public string? Problem { get; set; }

    public int Version { get; set; }
}

/// <summary>Bring a wish to join to the chain.</summary>
public sealed record Join(string Id);
