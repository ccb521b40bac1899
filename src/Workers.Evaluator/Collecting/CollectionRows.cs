using Workers.Hosting.Data;

namespace Workers.Evaluator.Collecting;

/// <summary>Where a collector's session stands in its own house; the chain has the rest.</summary>
public enum CollectionState
{
    /// <summary>Ordered; on its way to the chain.</summary>
    Opening,

    /// <summary>On chain.</summary>
    Open,

    /// <summary>Traded: the winner's shards are being fetched.</summary>
    Fetching,

    /// <summary>The winner's shards are fetched and opened.</summary>
    Delivered,

    /// <summary>It ended without a trade.</summary>
    Closed,

    /// <summary>It never reached the chain.</summary>
    Failed,
}

/// <summary>A session of this collector.</summary>
public sealed class CollectionRow : IVersioned
{
    public required string SessionId { get; init; }

    /// <summary>The caller's id of the order.</summary>
    public required Guid OrderId { get; init; }

    /// <summary>The <see cref="Sessions.SessionTerms"/> as JSON.</summary>
    public required string Terms { get; init; }

    public required DateTimeOffset OrderedAt { get; init; }

    public CollectionState State { get; set; }

    /// <summary>Why it failed, or what is wrong with what was delivered.</summary>
    public string? Problem { get; set; }

    /// <summary>K: how many trainable layers of the model the extractor has.</summary>
    public required int Layers { get; init; }

    /// <summary>Private key to which features are sealed, wrapped by the master key; likewise the others.</summary>
    public required byte[] WrappedFeaturesKey { get; init; }

    public required byte[] WrappedReviewKey { get; init; }

    /// <summary>δ and σ of the obfuscation, binary32, little-endian.</summary>
    public required byte[] WrappedObfuscation { get; init; }

    /// <summary>Samples that were delivered.</summary>
    public int Samples { get; set; }

    public int Version { get; set; }
}

/// <summary>What a provider's features are worth.</summary>
public sealed class ScoreRow : IVersioned
{
    public required string SessionId { get; init; }

    public required string Provider { get; init; }

    /// <summary>SHA-256 of the bundle, as announced on chain.</summary>
    public required string BundleHash { get; set; }

    /// <summary>Being computed.</summary>
    public bool IsPending { get; set; }

    /// <summary>SHA-256 of features and labels without the blinding: the same for copies.</summary>
    public string ContentHash { get; set; } = "";

    /// <summary>Why it has no score; null when it has one.</summary>
    public string? Problem { get; set; }

    public int Correct { get; set; }

    public int Total { get; set; }

    /// <summary>Correct / total.</summary>
    public double Score { get; set; }

    /// <summary>The signed <see cref="ScoreReport"/> as JSON.</summary>
    public string Report { get; set; } = "";

    public required DateTimeOffset At { get; set; }

    public int Version { get; set; }
}

/// <summary>What came out when a review was looked into.</summary>
public sealed class InspectionRow : IVersioned
{
    public required string SessionId { get; init; }

    public required string Provider { get; init; }

    public required string ReviewBlockHash { get; init; }

    /// <summary>Being looked into.</summary>
    public bool IsPending { get; set; }

    /// <summary>What is wrong with it; null when it is as it should be.</summary>
    public string? Problem { get; set; }

    /// <summary>SHA-256 of the published evidence, when the arbiter was called.</summary>
    public string? EvidenceHash { get; set; }

    public int Version { get; set; }
}
