namespace Workers.Hosting.Messaging;

/// <summary>What becomes of a message whose handler failed.</summary>
internal abstract record Verdict
{
    private Verdict()
    {
    }

    /// <summary>It comes again at <paramref name="NotBefore"/>.</summary>
    public sealed record Defer(DateTimeOffset NotBefore, int Failures, DateTimeOffset Since) : Verdict;

    /// <summary>It waits for an operator.</summary>
    public sealed record Dead(string Reason) : Verdict;

    /// <param name="jitter">Uniform in [0, 1).</param>
    public static Verdict Of(Exception failure, Delivery delivery, DeliveryOptions options, DateTimeOffset now, double jitter)
    {
        var since = delivery.DeferredSince ?? now;
        switch (failure)
        {
            case RejectedException:
                return new Dead(failure.Message);
            case TooEarlyException when now - since >= options.TooEarlyLimit:
                return new Dead($"Still too early after {now - since:g}: {failure.Message} Find out why that never came, then replay or discard this.");
            case TooEarlyException early:
                var wait = early.RetryAfter > TimeSpan.Zero ? early.RetryAfter : TimeSpan.Zero;
                return new Defer(now + wait, delivery.Failures, since);
        }

        var failures = delivery.Failures + 1;
        return failures >= options.MaximumFailures
            ? new Dead($"Failed {failures} times, the last time with {failure.GetType().Name}: {failure.Message} Mend the cause, then replay this.")
            : new Defer(now + Backoff.Delay(failures, options.FirstDelay, options.MaximumDelay, jitter), failures, since);
    }
}

/// <summary>Exponential back-off with jitter.</summary>
internal static class Backoff
{
    /// <summary>Between half and all of first · 2^(attempt−1), at most <paramref name="maximum"/>.</summary>
    /// <param name="attempt">1 after the first failure.</param>
    /// <param name="first">Above 0.</param>
    /// <param name="jitter">Uniform in [0, 1).</param>
    public static TimeSpan Delay(int attempt, TimeSpan first, TimeSpan maximum, double jitter)
    {
        var full = Math.Min(first.TotalMilliseconds * Math.Pow(2, attempt - 1), maximum.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(full * (0.5 + (jitter / 2)));
    }
}
