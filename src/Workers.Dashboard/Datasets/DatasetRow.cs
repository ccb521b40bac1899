using Workers.Hosting.Data;

namespace Workers.Dashboard.Datasets;

/// <summary>What is known of a dataset's metadata.</summary>
public enum MetadataState
{
    /// <summary>It is being looked for.</summary>
    Awaited,

    Read,

    /// <summary>No store that is asked has it; it is looked for now and then.</summary>
    Missing,

    /// <summary>It breaks a rule of docs/dataset-metadata.md.</summary>
    Refused,
}

/// <summary>A dataset: what its facts add up to, and what its metadata says.</summary>
public sealed class DatasetRow : IVersioned
{
    /// <summary>0x and 64 digits.</summary>
    public required string TokenId { get; init; }

    public DatasetStatus Status { get; set; }

    public string Publisher { get; set; } = "";

    /// <summary>Of the mixed and sealed dataset: text, or 0x hex where the bytes on chain are no CID that is read here.</summary>
    public string Cid { get; set; } = "";

    /// <summary>SHA-256 of the metadata, 0x hex.</summary>
    public string MetadataDigest { get; set; } = "";

    public DateTimeOffset PublishedAt { get; set; }

    public long PublishedBlock { get; set; }

    /// <summary>Whose account has the token.</summary>
    public string Holder { get; set; } = "";

    /// <summary>Whose it is; a seller's while it is in escrow.</summary>
    public string Owner { get; set; } = "";

    public long? ListingId { get; set; }

    public MetadataState Metadata { get; set; }

    /// <summary>Why the metadata is refused.</summary>
    public string? Problem { get; set; }

    public string? Name { get; set; }

    public string? Description { get; set; }

    public string? File { get; set; }

    /// <summary><c>blocks</c>, <c>lines</c> or <c>csv</c>.</summary>
    public string? Format { get; set; }

    public long? Units { get; set; }

    public long? Bytes { get; set; }

    /// <summary>JSON array of texts.</summary>
    public string Tags { get; set; } = "[]";

    /// <summary>JSON array of texts.</summary>
    public string Columns { get; set; } = "[]";

    public string? Delivery { get; set; }

    public int Version { get; set; }
}

/// <summary>A word by which a dataset is found.</summary>
public sealed class WordRow
{
    public required string Word { get; init; }

    public required string TokenId { get; init; }
}
