using Workers.Hosting.Chain;
using Workers.Hosting.Data;

namespace Workers.Oracle.Nodes;

/// <summary>The key pair of this node, to which profiles and models are sealed.</summary>
public sealed class NodeKeyRow : IVersioned
{
    /// <summary>The only row's.</summary>
    public const int TheOne = 1;

    public int Id { get; init; } = TheOne;

    public required byte[] PublicKey { get; init; }

    /// <summary>The private key, wrapped by the master key.</summary>
    public required byte[] WrappedKey { get; init; }

    public int Version { get; set; }
}

/// <summary>A registration of a node as it stands in one block.</summary>
public sealed class RegistrationRow : IFactRow
{
    public required string Node { get; init; }

    public required long BlockNumber { get; init; }

    public required string BlockHash { get; init; }

    public required long LogIndex { get; init; }

    public required byte[] PublicKey { get; init; }
}

/// <summary>A node of the oracle, this house's or another's.</summary>
public sealed class OracleNodeRow : IVersioned
{
    public required string Node { get; init; }

    /// <summary>The one that it registered last; empty when no registration is left after a reorganisation.</summary>
    public byte[] PublicKey { get; set; } = [];

    public int Version { get; set; }
}
