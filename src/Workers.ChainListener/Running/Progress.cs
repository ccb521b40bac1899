using Workers.ChainListener.Following;

namespace Workers.ChainListener.Running;

/// <summary>How far a backfill is.</summary>
/// <param name="Target">The node's newest block.</param>
/// <param name="Percent">Of the blocks from where this run began.</param>
/// <param name="Left">Estimate from this run's mean speed.</param>
internal readonly record struct ProgressReport(ulong Block, ulong Target, double Percent, double EventsPerSecond, TimeSpan Left);

/// <summary>Reports at intervals while there is a backfill.</summary>
internal sealed class Progress(TimeProvider clock, TimeSpan interval)
{
    // At the head it is always a few blocks behind: those that wait for confirmations. That is no backfill.
    private const ulong Backlog = 100;

    private readonly long _began = clock.GetTimestamp();
    private long _reported = clock.GetTimestamp();
    private long _events;
    private ulong? _first;

    /// <summary>What to tell after a commit; null when it is not time.</summary>
    public ProgressReport? After(BlockRef head, FollowedChain chain, Decision decision)
    {
        _events += decision.Publish.Count;
        var block = chain.Tip?.Number ?? 0;
        _first ??= block;
        var behind = head.Number > block ? head.Number - block : 0;
        var due = clock.GetElapsedTime(_reported) >= interval && behind >= Backlog;
        if (!due || block <= _first)
        {
            return null;
        }

        _reported = clock.GetTimestamp();
        var seconds = clock.GetElapsedTime(_began).TotalSeconds;
        var (done, all) = ((double)(block - _first.Value), (double)(head.Number - _first.Value));
        return new ProgressReport(block, head.Number, 100 * done / all, _events / seconds, TimeSpan.FromSeconds(Math.Round(seconds * behind / done)));
    }
}
