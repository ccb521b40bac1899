using Workers.Hosting.Data;

namespace Workers.Hosting.Health;

/// <summary>
/// Tells the log once that something which the worker needs does not serve, and once that it serves again, however many of the
/// worker's parts notice it and how often they try. Health says meanwhile what is wrong.
/// </summary>
public sealed partial class Outages(TimeProvider clock, ILogger<Outages> logger)
{
    /// <summary>What was begun before the end, or so soon after it, fails from the same outage: connections that had died are found one by one.</summary>
    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, State> _states = new(StringComparer.Ordinal);

    /// <param name="what">As the subject of a sentence, e.g. <c>The database of encryption</c>; see the names below.</param>
    /// <param name="attempted">When what failed now was begun: it proves nothing about what has come since.</param>
    /// <param name="reason">Told when this begins an outage.</param>
    public void Failed(string what, DateTimeOffset attempted, string reason)
    {
        var now = clock.GetUtcNow();
        lock (_lock)
        {
            var state = _states.GetValueOrDefault(what) ?? (_states[what] = new State());
            if (attempted - state.EndedAt < Aftermath)
            {
                return;
            }

            state.FailedAt = now;
            if (state.Since is not null)
            {
                return;
            }

            state.Since = now;
        }

        Log.Began(logger, what, InSentence(reason));
    }

    /// <summary>Notes an outage when the failure means that the database does not serve.</summary>
    /// <returns>False for any other failure, which is the caller's to report.</returns>
    public bool DatabaseFailed(string worker, DateTimeOffset attempted, Exception failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        var away = DatabaseFaults.Classify(failure) == DatabaseFault.Unavailable;
        if (away)
        {
            Failed(Database(worker), attempted, failure.GetBaseException().Message);
        }

        return away;
    }

    /// <param name="what">As in <see cref="Failed"/>.</param>
    /// <param name="attempted">When what succeeded now was begun: it proves nothing about a failure since.</param>
    public void Serves(string what, DateTimeOffset attempted)
    {
        TimeSpan lasted;
        lock (_lock)
        {
            if (_states.GetValueOrDefault(what) is not { Since: { } since } state || attempted <= state.FailedAt)
            {
                return;
            }

            var now = clock.GetUtcNow();
            lasted = TimeSpan.FromSeconds(Math.Round((now - since).TotalSeconds));
            (state.Since, state.EndedAt) = (null, now);
        }

        Log.Ended(logger, what, lasted);
    }

    /// <summary>Some failures' texts take several lines, and end in a full stop.</summary>
    private static string InSentence(string reason) => reason.ReplaceLineEndings(" ").Trim().TrimEnd('.');

    /// <summary>The name of a worker's database.</summary>
    public static string Database(string worker) => $"The database of {worker}";

    /// <summary>The name of the chain's nodes.</summary>
    public const string Chain = "The chain's node";

    private sealed class State
    {
        public DateTimeOffset? Since { get; set; }

        public DateTimeOffset FailedAt { get; set; }

        public DateTimeOffset EndedAt { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{What:l} does not serve: {Reason:l}. It is tried until it does")]
        public static partial void Began(ILogger logger, string what, string reason);

        [LoggerMessage(Level = LogLevel.Information, Message = "{What:l} serves again, after {Lasted}")]
        public static partial void Ended(ILogger logger, string what, TimeSpan lasted);
    }
}
