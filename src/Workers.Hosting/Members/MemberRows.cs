using Ethereum;
using Workers.Hosting.Chain;
using Workers.Hosting.Data;
using Workers.Hosting.Envelopes;

namespace Workers.Hosting.Members;

/// <summary>A member, as the chain knows it now.</summary>
public sealed class MemberRow : IVersioned
{
    public required Address Account { get; init; }

    /// <summary>P-256, uncompressed.</summary>
    public byte[] PublicKey { get; set; } = [];

    public string Endpoint { get; set; } = "";

    /// <summary>False: it left, or its joining vanished in a reorganisation.</summary>
    public bool IsActive { get; set; }

    public int Version { get; set; }

    /// <summary>What envelopes need of it.</summary>
    public MemberEntry ToEntry() => new(Account, PublicKey, Endpoint);
}

/// <summary>That somebody joined, with its entry, or left, as it stands in one block.</summary>
public sealed class MemberFactRow : IFactRow
{
    public required Address Account { get; init; }

    public required long BlockNumber { get; init; }

    public required string BlockHash { get; init; }

    public required long LogIndex { get; init; }

    /// <summary>Null: it left.</summary>
    public byte[]? PublicKey { get; init; }

    /// <summary>Null: it left.</summary>
    public string? Endpoint { get; init; }
}
