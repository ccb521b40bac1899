using Workers.Hosting.Data;

namespace Workers.Encryption.Datasets.Delivering;

/// <summary>Where the answer to a request stands in the publisher's house.</summary>
public enum DeliveryState
{
    /// <summary>The dataset is being recovered and sealed to the requester.</summary>
    Preparing,

    /// <summary>The file is uploaded; its CID is on its way to the chain.</summary>
    Sent,

    /// <summary>The answer is final.</summary>
    Delivered,

    /// <summary>Nobody gets it: the requester was no longer the owner.</summary>
    Refused,

    /// <summary>The contract refused the answer; <see cref="DeliveryRow.Problem"/> says why.</summary>
    Failed,
}

/// <summary>The publisher's side of a request.</summary>
public sealed class DeliveryRow : IVersioned
{
    public required long RequestId { get; init; }

    /// <summary>Of the request that is answered: after a reorganisation another one can have its number.</summary>
    public required string RequestBlockHash { get; set; }

    public required Guid DatasetId { get; init; }

    public required string Requester { get; init; }

    public DeliveryState State { get; set; }

    /// <summary>Of the file, sealed to the requester.</summary>
    public string? Cid { get; set; }

    /// <summary>JSON of <see cref="DeliveryReceipt"/>.</summary>
    public string? Receipt { get; set; }

    public string? Problem { get; set; }

    public required DateTimeOffset At { get; set; }

    public int Version { get; set; }
}
