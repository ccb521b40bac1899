namespace Workers.Oracle.Solving;

/// <summary>What a node does about a request ends with the request's step.</summary>
internal static class StepTimer
{
    /// <summary>A timer knows no longer time than 49 days, a step may have 97 (IPrivacyOracle), and nothing that a node does takes so long.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(49), Shortest = TimeSpan.FromMilliseconds(1);

    /// <summary>Cancels when what is left of the step is over; at once when nothing is.</summary>
    public static CancellationTokenSource Start(TimeSpan left, TimeProvider clock) =>
        new(left < Shortest ? Shortest : left > Longest ? Longest : left, clock);
}
