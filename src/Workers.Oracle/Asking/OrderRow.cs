using Workers.Hosting.Data;

namespace Workers.Oracle.Asking;

/// <summary>Where an order stands.</summary>
public enum OrderState
{
    /// <summary>On its way to the chain.</summary>
    Asking,

    /// <summary>On chain.</summary>
    Asked,

    /// <summary>The model is here, opened and checked.</summary>
    Delivered,

    /// <summary>The committee found that there can be none, and said why; the fee went back.</summary>
    Refused,

    /// <summary>There is none, and nobody said why; the fee went back.</summary>
    Expired,

    /// <summary>It never reached the chain, or what came is not what stands on chain.</summary>
    Failed,
}

/// <summary>A model that this group ordered.</summary>
public sealed class OrderRow : IVersioned
{
    /// <summary>The caller's id.</summary>
    public required Guid OrderId { get; init; }

    /// <summary>The <see cref="Terms.GameTerms"/>.</summary>
    public required byte[] Document { get; init; }

    /// <summary>The <see cref="Requests.RequestTerms"/> as JSON.</summary>
    public required string Terms { get; init; }

    /// <summary>The group's public key of this order alone, lower-case 0x hex: by it the request on chain is recognised.</summary>
    public required string GroupKey { get; init; }

    /// <summary>Its private key, wrapped by the master key.</summary>
    public required byte[] WrappedKey { get; init; }

    public required DateTimeOffset OrderedAt { get; init; }

    public OrderState State { get; set; }

    /// <summary>Why it ended without a model.</summary>
    public string? Problem { get; set; }

    /// <summary>The request on chain.</summary>
    public string? RequestId { get; set; }

    /// <summary>The model's bytes (<see cref="Mechanisms.PrivacyGame.Models.PrivacyModelFile"/>).</summary>
    public byte[]? Model { get; set; }

    /// <summary>The watermark's key, wrapped by the master key.</summary>
    public byte[]? WrappedWatermarkKey { get; set; }

    public int Version { get; set; }
}

/// <summary>Published in the worker whenever an order may need its next step before its request is on chain.</summary>
public sealed record OrderChanged(Guid OrderId);
