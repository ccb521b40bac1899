namespace Contracts.Messages;

/// <summary>A contract's log whose block has the configured number of confirmations.</summary>
/// <param name="Position">Where it stands; the message id is derived from it.</param>
/// <param name="BlockTime">The block's own timestamp (whole seconds, UTC).</param>
/// <param name="Address">The contract, lower-case 0x hex of 20 bytes.</param>
/// <param name="Topics">One to four topics, lower-case 0x hex of 32 bytes each; the first is the event's signature hash.</param>
/// <param name="Data">ABI-encoded values that are not indexed, 0x hex.</param>
public sealed record ChainEvent(
    LogPosition Position,
    DateTimeOffset BlockTime,
    string Address,
    IReadOnlyList<string> Topics,
    string Data);

/// <summary>A log that was published as <see cref="ChainEvent"/> and whose block is no longer part of the chain.</summary>
[Notification]
public sealed record ChainEventRetracted(
    LogPosition Position,
    DateTimeOffset BlockTime,
    string Address,
    IReadOnlyList<string> Topics,
    string Data);

/// <summary>Up to this block (inclusive) the chain cannot change any more, by the finality rule that the organisation chose.</summary>
[Notification]
public sealed record ChainFinalised(ulong ChainId, ulong BlockNumber, string BlockHash);
