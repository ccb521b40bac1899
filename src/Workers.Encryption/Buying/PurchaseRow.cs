using Workers.Hosting.Data;

namespace Workers.Encryption.Buying;

/// <summary>Where a purchase stands in the buyer's house.</summary>
public enum PurchaseState
{
    /// <summary>Ordered; the request is on its way to the chain.</summary>
    Ordered,

    /// <summary>The price is in escrow.</summary>
    Requested,

    /// <summary>The answer opened; the files are written.</summary>
    Delivered,

    /// <summary>The answer does not open, or the data cannot be had.</summary>
    Rejected,

    /// <summary>Paid, refunded or split: nothing is left to do.</summary>
    Closed,

    /// <summary>The request never reached the chain.</summary>
    Failed,
}

/// <summary>The buyer's side of a trade.</summary>
public sealed class PurchaseRow : IVersioned
{
    public required Guid Id { get; init; }

    public required string ApplicationId { get; init; }

    /// <summary>The pseudonym that sealed the period.</summary>
    public required string Owner { get; init; }

    /// <summary>keccak256 of the tag's name.</summary>
    public required string Tag { get; init; }

    public required string TagName { get; init; }

    public required long Period { get; init; }

    public required string SealId { get; init; }

    public required decimal Price { get; init; }

    /// <summary>Made for this purchase alone, so that its private key can be shown in a dispute.</summary>
    public required byte[] PublicKey { get; init; }

    /// <summary>The private key, wrapped by the master key.</summary>
    public required byte[] WrappedPrivateKey { get; init; }

    public required DateTimeOffset OrderedAt { get; init; }

    public PurchaseState State { get; set; }

    public long? TradeId { get; set; }

    /// <summary>Why the answer was rejected or the purchase failed.</summary>
    public string? Problem { get; set; }

    /// <summary>Whether the trade's private key proves the problem to anybody; otherwise the blob could not be had.</summary>
    public bool ProvableByKey { get; set; }

    /// <summary>Folder with the files, once delivered.</summary>
    public string? Folder { get; set; }

    public int Files { get; set; }

    public long Bytes { get; set; }

    public int Version { get; set; }
}
