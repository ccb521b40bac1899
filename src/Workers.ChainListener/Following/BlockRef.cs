using Contracts.Messages;
using Ethereum;

namespace Workers.ChainListener.Following;

/// <summary>What is needed to recognise a block and to link it to the one before.</summary>
public sealed record BlockRef(ulong Number, Hash32 Hash, Hash32 ParentHash);

/// <summary>A block of the followed chain with the events of our contracts in it, in the order of their log index.</summary>
public sealed record FollowedBlock(BlockRef Block, IReadOnlyList<ChainEvent> Events);

/// <summary>An event to be published.</summary>
/// <param name="Round">
/// How many times its block had left the chain before: 0 almost always. A block can come back, and then the event needs
/// another message id than the first time, because consumers never handle one id twice.
/// </param>
public readonly record struct Publication(ChainEvent Event, int Round)
{
    /// <summary>Id of the message that tells of the event.</summary>
    public Guid MessageId => Event.Position.MessageId(Round == 0 ? "event" : $"event/{Round}");

    /// <summary>Id of the message that takes it back.</summary>
    public Guid RetractionId => Event.Position.MessageId(Round == 0 ? "retracted" : $"retracted/{Round}");
}

/// <summary>A block that left the chain after its events were published.</summary>
/// <param name="Times">How often it left so far.</param>
public sealed record RetractedBlock(ulong Number, int Times);
