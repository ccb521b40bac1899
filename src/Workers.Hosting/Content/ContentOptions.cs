using System.ComponentModel.DataAnnotations;
using ContentStore.Kubo;

namespace Workers.Hosting.Content;

/// <summary>Which content store a worker uses.</summary>
public enum ContentKind
{
    /// <summary>A directory, for one machine.</summary>
    Embedded,

    /// <summary>IPFS nodes over Kubo's RPC.</summary>
    Kubo,
}

/// <summary>Section <c>Content</c>: where sealed blobs and packages are kept.</summary>
public sealed class ContentOptions : IValidatableObject
{
    /// <summary>Default: embedded.</summary>
    public ContentKind Kind { get; set; } = ContentKind.Embedded;

    /// <summary>The embedded store's directory; organisations that share it can read each other's content. Default <c>ipfs</c>.</summary>
    [Required]
    public string Directory { get; set; } = "ipfs";

    /// <summary>The IPFS nodes, e.g. <c>Content:Kubo:Nodes:0</c> = http://127.0.0.1:5001.</summary>
    public KuboStoreOptions? Kubo { get; set; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Kind == ContentKind.Kubo && Kubo is not { Nodes.Count: > 0 })
        {
            yield return new ValidationResult("needs at least one node, e.g. Content:Kubo:Nodes:0 = http://127.0.0.1:5001", [nameof(Kubo)]);
        }
    }
}
