using Workers.Hosting.Data;

namespace Workers.Hosting.Messaging.Outbox;

/// <summary>Hands an outbox row to the bus as it is: the saved JSON is the body, what is known about it are headers.</summary>
internal interface IOutboxPublisher
{
    /// <summary>Ends when the queues of this process take messages.</summary>
    Task ReadyAsync(CancellationToken cancellationToken);

    /// <summary>Returns once the bus has it.</summary>
    /// <param name="kind">Its type; null for a row that goes to one queue.</param>
    /// <param name="settled">Called by a bus that keeps nothing, once the message is dealt with; a durable bus does not call it.</param>
    /// <exception cref="NoTakerException">No queue takes it.</exception>
    Task PublishAsync(OutboxRow row, MessageKind? kind, Action settled, CancellationToken cancellationToken);
}

/// <summary>The bus has no queue for a message that must have one.</summary>
internal sealed class NoTakerException(string destination, Exception? inner = null) : Exception($"No queue takes {destination}.", inner);
