namespace Contracts.Messages;

/// <summary>What became of a transaction that a worker queued.</summary>
public enum TransactionState
{
    /// <summary>Written, not yet signed: no nonce is taken.</summary>
    Queued,

    /// <summary>Signed under its nonce and broadcast at least once.</summary>
    Sent,

    /// <summary>In a block with success; may still vanish in a reorganisation.</summary>
    Mined,

    /// <summary>In a final block with success. Ends here.</summary>
    Final,

    /// <summary>Refused: reverted in a final block, or in simulation before it was ever sent. Ends here.</summary>
    Reverted,
}

/// <summary>Published once when a queued transaction reaches <see cref="TransactionState.Mined"/>,
/// <see cref="TransactionState.Final"/> or <see cref="TransactionState.Reverted"/>.</summary>
/// <param name="Key">The idempotency key under which it was queued, unique in its worker.</param>
/// <param name="From">The account that sends it, lower-case 0x hex.</param>
/// <param name="GasUsed">Gas; 0 where the transaction never reached a block.</param>
/// <param name="Fee">Gas used × effective price, wei, decimal.</param>
/// <param name="Error">Name of the contract's custom error, or the node's reason, when reverted.</param>
[Notification]
public sealed record TransactionOutcome(
    string Key,
    TransactionState State,
    string From,
    string? TransactionHash,
    ulong? BlockNumber,
    ulong GasUsed,
    string Fee,
    string? Error);
