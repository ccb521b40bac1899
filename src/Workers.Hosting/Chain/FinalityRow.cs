using Workers.Hosting.Data;

namespace Workers.Hosting.Chain;

/// <summary>Up to which block the chain is final, as the listener last said.</summary>
public sealed class FinalityRow : IVersioned
{
    public required long ChainId { get; init; }

    public required long BlockNumber { get; set; }

    public required string BlockHash { get; set; }

    public int Version { get; set; }
}
