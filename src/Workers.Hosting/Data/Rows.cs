using Contracts.Messages;

namespace Workers.Hosting.Data;

/// <summary>A row whose concurrent change is detected: the second of two commits that read the same version fails and is retried.</summary>
public interface IVersioned
{
    /// <summary>Raised by one with every commit that changes the row.</summary>
    int Version { get; set; }
}

/// <summary>A message that a handler has dealt with. Kept for ever: a replay may come after any window.</summary>
public sealed class InboxRow
{
    /// <summary>The message's id on the bus.</summary>
    public required Guid MessageId { get; init; }

    /// <summary>The handler, since one message may have several in one worker.</summary>
    public required string Handler { get; init; }

    public required DateTimeOffset HandledAt { get; init; }
}

/// <summary>A message that was saved with the rows it speaks of and waits for the bus.</summary>
public sealed class OutboxRow
{
    public long Id { get; init; }

    /// <summary>Id on the bus: a message published twice is handled once.</summary>
    public required Guid MessageId { get; init; }

    /// <summary>Full name of the message's type.</summary>
    public required string MessageType { get; init; }

    /// <summary>The message as JSON.</summary>
    public required string Body { get; init; }

    public required string? CorrelationId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Not published before this moment.</summary>
    public DateTimeOffset? NotBefore { get; set; }

    /// <summary>When the bus confirmed it; rows that a durable bus confirmed are deleted.</summary>
    public DateTimeOffset? SentAt { get; set; }

    /// <summary>Failed attempts so far: a row that cannot be published does not block the ones behind it.</summary>
    public int Attempts { get; set; }

    /// <summary>The one queue it goes to, for a message that a handler put back or an operator replays; null publishes to all that take it.</summary>
    public string? Queue { get; init; }

    /// <summary>How often the handler of <see cref="Queue"/> failed so far.</summary>
    public int Failures { get; init; }

    /// <summary>How often it was put back, failures included: tells a row from the earlier one that it follows.</summary>
    public int Deferrals { get; init; }

    /// <summary>When the handler of <see cref="Queue"/> first put it back.</summary>
    public DateTimeOffset? DeferredSince { get; init; }
}

/// <summary>A transaction that was saved with the rows it speaks of; the account's sender brings it to an end.</summary>
public sealed class TransactionRow : IVersioned
{
    public long Id { get; init; }

    /// <summary>Idempotency key: queuing the same key twice is one transaction.</summary>
    public required string Key { get; init; }

    /// <summary>The account that sends it, lower-case 0x hex.</summary>
    public required string From { get; init; }

    /// <summary>The contract or account called, lower-case 0x hex; null deploys a contract.</summary>
    public required string? To { get; init; }

    /// <summary>Wei.</summary>
    public required decimal Value { get; init; }

    public required byte[] Data { get; init; }

    public required string? CorrelationId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public TransactionState State { get; set; }

    public long? Nonce { get; set; }

    /// <summary>The last signed form, broadcast again until it is mined.</summary>
    public byte[]? Raw { get; set; }

    /// <summary>Hashes of every signed form (a re-priced one has another), newest last, separated by spaces.</summary>
    public string Hashes { get; set; } = "";

    public long? BlockNumber { get; set; }

    public string? BlockHash { get; set; }

    public long GasUsed { get; set; }

    /// <summary>Wei.</summary>
    public decimal Fee { get; set; }

    /// <summary>Address of the contract that it deployed.</summary>
    public string? Created { get; set; }

    public string? Error { get; set; }

    /// <summary>Gas at most; fixed when it is first signed. Before, what it has to be at least.</summary>
    public long GasLimit { get; set; }

    /// <summary>What the last signed form offers per gas, wei.</summary>
    public decimal MaxFee { get; set; }

    /// <summary>What the last signed form offers the block's producer per gas, wei.</summary>
    public decimal Tip { get; set; }

    /// <summary>Which signed form was mined.</summary>
    public string? TransactionHash { get; set; }

    /// <summary>Since when simulation refuses it.</summary>
    public DateTimeOffset? RefusedSince { get; set; }

    /// <summary>When the last signed form was first broadcast: decides when it is re-priced.</summary>
    public DateTimeOffset? PricedAt { get; set; }

    public int Version { get; set; }
}

/// <summary>A message that can never be handled as it is, with the reason: the operator's to-do list.</summary>
public sealed class DeadLetterRow
{
    public long Id { get; init; }

    public required Guid? MessageId { get; init; }

    public required string? MessageType { get; init; }

    public required string Handler { get; init; }

    /// <summary>The body as it came.</summary>
    public required byte[] Body { get; init; }

    /// <summary>The queue it came from and is replayed to; for a message that could not be published, null.</summary>
    public required string? Queue { get; init; }

    public required string? CorrelationId { get; init; }

    /// <summary>A sentence for a person.</summary>
    public required string Reason { get; init; }

    public required DateTimeOffset At { get; init; }
}
