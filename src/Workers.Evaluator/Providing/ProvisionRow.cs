using Workers.Hosting.Data;

namespace Workers.Evaluator.Providing;

/// <summary>Where this provider's part in a session stands in its own house; the chain has the rest.</summary>
public enum ProvisionState
{
    /// <summary>The policy turned the session down, or it cannot be joined: <see cref="ProvisionRow.Reason"/> says why.</summary>
    Declined,

    /// <summary>Shards are being cut, sealed and stored.</summary>
    Preparing,

    /// <summary>The shards are stored, their keys are kept: to be registered, or registered.</summary>
    Prepared,
}

/// <summary>This provider's part in a session.</summary>
public sealed class ProvisionRow : IVersioned
{
    public required string SessionId { get; init; }

    /// <summary>The account that registers.</summary>
    public required string Account { get; init; }

    public ProvisionState State { get; set; }

    /// <summary>Why it was declined.</summary>
    public string? Reason { get; set; }

    public required DateTimeOffset At { get; init; }

    /// <summary>The dataset's name.</summary>
    public string? Dataset { get; set; }

    public int Shards { get; set; }

    /// <summary>The seed whose features are computed or submitted.</summary>
    public long? FeaturesSeed { get; set; }

    /// <summary>32 bytes for each shard, in ascending order. Secret until the claim: they lead to the sealed shards.</summary>
    public byte[] RetrievalKeys { get; set; } = [];

    /// <summary>Wrapped by the master key, as the session key.</summary>
    public byte[] WrappedClaimKey { get; set; } = [];

    public byte[] WrappedSessionKey { get; set; } = [];

    public int Version { get; set; }
}
