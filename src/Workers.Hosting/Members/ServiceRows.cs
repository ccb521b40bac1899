using System.Numerics;
using Ethereum;
using Workers.Hosting.Chain;
using Workers.Hosting.Data;
using Workers.Hosting.Envelopes;

namespace Workers.Hosting.Members;

/// <summary>A location service, as the chain knows it now.</summary>
public sealed class ServiceRow : IVersioned
{
    public required Address Account { get; init; }

    /// <summary>Per answer to a bonded query, in the token's smallest unit.</summary>
    public BigInteger Fee { get; set; }

    /// <summary>P-256, uncompressed.</summary>
    public byte[] PublicKey { get; set; } = [];

    public string Endpoint { get; set; } = "";

    /// <summary>False: it withdrew, or its offer vanished in a reorganisation.</summary>
    public bool IsOffered { get; set; }

    public int Version { get; set; }

    /// <summary>What envelopes need of it.</summary>
    public MemberEntry ToEntry() => new(Account, PublicKey, Endpoint);
}

/// <summary>That somebody offered itself as a service, or withdrew, as it stands in one block.</summary>
public sealed class ServiceFactRow : IFactRow
{
    public required Address Account { get; init; }

    public required long BlockNumber { get; init; }

    public required string BlockHash { get; init; }

    public required long LogIndex { get; init; }

    public required BigInteger Fee { get; init; }

    /// <summary>Null: it withdrew.</summary>
    public byte[]? PublicKey { get; init; }

    /// <summary>Null: it withdrew.</summary>
    public string? Endpoint { get; init; }
}
