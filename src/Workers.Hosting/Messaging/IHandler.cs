using Contracts.Messages;

namespace Workers.Hosting.Messaging;

/// <summary>
/// What a worker does with one kind of message. A handler loads rows, asks pure code for a decision and changes rows,
/// <see cref="Data.WorkerDbContext.Publish{T}"/>es and <see cref="Data.WorkerDbContext.SubmitAsync"/>s; the host commits all of it
/// together with the inbox row, once. A handler never calls SaveChanges and may run again from the start after a failure,
/// so what it does outside the database has to be repeatable.
/// </summary>
/// <exception cref="RejectedException">The message can never be handled: it goes to the dead letters with this reason.</exception>
/// <exception cref="TooEarlyException">Something it builds on has not come yet: it is put back for later.</exception>
public interface IHandler<in TMessage>
    where TMessage : class
{
    Task HandleAsync(TMessage message, CancellationToken cancellationToken);
}

/// <summary>A decoded contract event as handlers receive it.</summary>
/// <param name="Event">The typed event.</param>
/// <param name="Position">Where it stands; not final unless a <see cref="ChainFinalised"/> says so.</param>
/// <param name="BlockTime">The block's timestamp.</param>
public sealed record Observed<TEvent>(TEvent Event, LogPosition Position, DateTimeOffset BlockTime);

/// <summary>An event that was observed and then vanished in a reorganisation.</summary>
public sealed record Retracted<TEvent>(TEvent Event, LogPosition Position);

/// <summary>The message can never be handled as it is. The reason is shown to an operator: say what, about which thing, and what to do.</summary>
public sealed class RejectedException(string reason, Exception? inner = null) : Exception(reason, inner);

/// <summary>The message came before something that it builds on; it is handled again after <paramref name="retryAfter"/>.</summary>
public sealed class TooEarlyException(string what, TimeSpan retryAfter) : Exception(what)
{
    public TimeSpan RetryAfter { get; } = retryAfter;
}
