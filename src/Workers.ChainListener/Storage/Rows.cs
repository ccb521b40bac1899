using Ethereum;
using Workers.Hosting.Data;

namespace Workers.ChainListener.Storage;

/// <summary>How far the chain was followed: one row. Its version makes the commit of a listener that lost its lease fail.</summary>
public sealed class CheckpointRow : IVersioned
{
    /// <summary>EIP-155 id of the chain that this database follows.</summary>
    public required long ChainId { get; init; }

    /// <summary>The first block that was read.</summary>
    public long Start { get; set; }

    /// <summary>Addresses whose events were read from <see cref="Start"/> on: lower-case, sorted, separated by spaces.</summary>
    public required string Contracts { get; set; }

    /// <summary>The newest block whose events are saved. For people: the blocks table says it too.</summary>
    public long? Tip { get; set; }

    public long? FinalNumber { get; set; }

    public Hash32? FinalHash { get; set; }

    public Hash32? FinalParent { get; set; }

    public long? AnnouncedNumber { get; set; }

    public Hash32? AnnouncedHash { get; set; }

    public int Version { get; set; }
}

/// <summary>A followed block that is not final.</summary>
public sealed class BlockRow
{
    public required long Number { get; init; }

    public required Hash32 Hash { get; init; }

    public required Hash32 ParentHash { get; init; }
}

/// <summary>A published event whose block is not final, kept to be retracted.</summary>
public sealed class EventRow
{
    public required long BlockNumber { get; init; }

    public required long LogIndex { get; init; }

    /// <summary>The <see cref="Contracts.Messages.ChainEvent"/> as JSON.</summary>
    public required string Body { get; init; }
}

/// <summary>A block, not final yet by its number, that left the chain after its events were published.</summary>
public sealed class RetractedRow
{
    public required Hash32 Hash { get; init; }

    public required long Number { get; init; }

    public int Times { get; set; }
}
