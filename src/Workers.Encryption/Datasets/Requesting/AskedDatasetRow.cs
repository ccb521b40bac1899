using Workers.Hosting.Data;

namespace Workers.Encryption.Datasets.Requesting;

/// <summary>Where a request stands in the house that asked.</summary>
public enum AskedState
{
    /// <summary>The request is on its way to the chain.</summary>
    Asked,

    /// <summary>It is on chain; the publisher has not answered.</summary>
    Requested,

    /// <summary>The dataset is on this machine.</summary>
    Received,

    /// <summary>The contract refused the request, or the answer does not open.</summary>
    Failed,
}

/// <summary>A dataset that this house asked for.</summary>
public sealed class AskedDatasetRow : IVersioned
{
    public required Guid Id { get; init; }

    public required string TokenId { get; init; }

    /// <summary>Made for this request alone.</summary>
    public required byte[] PublicKey { get; init; }

    /// <summary>Wrapped by the master key.</summary>
    public required byte[] WrappedPrivateKey { get; init; }

    public required DateTimeOffset AskedAt { get; init; }

    public AskedState State { get; set; }

    /// <summary>The request's number, once it is on chain.</summary>
    public long? RequestId { get; set; }

    /// <summary>The dataset's path, once received.</summary>
    public string? File { get; set; }

    public long Bytes { get; set; }

    public string? Problem { get; set; }

    public int Version { get; set; }
}
