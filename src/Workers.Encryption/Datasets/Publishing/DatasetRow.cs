using Workers.Hosting.Data;

namespace Workers.Encryption.Datasets.Publishing;

/// <summary>How far a dataset has come. Each step is one commit, so a kill between two of them repeats at most one step.</summary>
public enum DatasetState
{
    /// <summary>It is described; its file may still be arriving.</summary>
    Draft,

    /// <summary>Its units are being mixed with decoys and sealed.</summary>
    Mixing,

    /// <summary>The blob is on this machine; key, seed, plan and CID are kept.</summary>
    Mixed,

    /// <summary>Blob and metadata were uploaded and read back; the token is on its way to the chain.</summary>
    Uploaded,

    /// <summary>The token is final.</summary>
    Published,

    /// <summary><see cref="DatasetRow.Problem"/> says why; it can be published again once that is mended.</summary>
    Failed,
}

/// <summary>A dataset of this house: an entry of the vault of seeds, and how far its publication has come.</summary>
public sealed class DatasetRow : IVersioned
{
    public required Guid Id { get; init; }

    /// <summary>The account that publishes it.</summary>
    public required string Publisher { get; init; }

    /// <summary>What was asked for, as JSON of <see cref="DatasetDraft"/>.</summary>
    public required string Draft { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DatasetState State { get; set; }

    /// <summary>How often its publication was started: each start has transactions of its own.</summary>
    public int Attempts { get; set; }

    /// <summary>What, with the seed, undoes the mixing: JSON of <see cref="StoredPlan"/>.</summary>
    public string? Plan { get; set; }

    /// <summary>Seals the blob; wrapped by the master key, as is the seed.</summary>
    public byte[]? WrappedKey { get; set; }

    /// <summary>Mixed the blob.</summary>
    public byte[]? WrappedSeed { get; set; }

    /// <summary>Of the dataset as it came, see <see cref="Sealing.ContentHash"/>: the same file twice is recognised by it. 0x hex; null unless this row is the first.</summary>
    public string? ContentHash { get; set; }

    /// <summary>Of the mixed and sealed blob.</summary>
    public string? Cid { get; set; }

    /// <summary>The token's number, 0x hex.</summary>
    public string? TokenId { get; set; }

    public string? Problem { get; set; }

    public int Version { get; set; }
}
