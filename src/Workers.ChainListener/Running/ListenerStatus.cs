using System.Diagnostics.Metrics;
using Workers.ChainListener.Following;
using Workers.ChainListener.Storage;
using Workers.Hosting.Telemetry;

namespace Workers.ChainListener.Running;

/// <summary>Where the listener stands, for metrics and health.</summary>
internal sealed class ListenerStatus
{
    private readonly TimeProvider _clock;
    private readonly Counter<long> _published;
    private readonly Counter<long> _retracted;
    private readonly Histogram<int> _depth;
    private Position _position = new(0, 0, 0, null, null, false, false);

    public ListenerStatus(WorkerTelemetry<ListenerDbContext> telemetry, TimeProvider clock)
    {
        _clock = clock;
        var meter = telemetry.Meter;
        meter.CreateObservableGauge("market.chain.head", () => (long)Now.Head, null, "Number of the node's newest block.");
        meter.CreateObservableGauge("market.chain.checkpoint", () => (long)Now.Checkpoint, null, "Number of the newest block whose events are published.");
        meter.CreateObservableGauge("market.chain.lag", () => (long)Now.Lag, null, "Confirmed blocks whose events are not published yet.");
        meter.CreateObservableGauge("market.chain.active", () => Now.Active ? 1 : 0, null, "1 when this listener holds the lease, 0 on standby.");
        _published = meter.CreateCounter<long>("market.chain.events", null, "Events saved to be published.");
        _retracted = meter.CreateCounter<long>("market.chain.retractions", null, "Published events that were taken back.");
        _depth = meter.CreateHistogram(
            "market.chain.reorganisation.depth",
            null,
            "Published blocks that left the chain at once.",
            advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128] });
    }

    public Position Now => Volatile.Read(ref _position);

    /// <summary>The node gave an answer that could be used.</summary>
    public void Answered(BlockRef head, FollowedChain chain, uint confirmations)
    {
        var reachable = head.Number >= confirmations ? head.Number - confirmations + 1 : 0;
        var lag = reachable > chain.Next ? reachable - chain.Next : 0;
        Volatile.Write(ref _position, new Position(head.Number, chain.Tip?.Number ?? 0, lag, _clock.GetUtcNow(), null, true, false));
    }

    public void Committed(Decision decision)
    {
        _published.Add(decision.Publish.Count);
        _retracted.Add(decision.Retract.Count);
        if (decision.Depth > 0)
        {
            _depth.Record(decision.Depth);
        }
    }

    /// <summary>Something is wrong; it is shown until the node answers again.</summary>
    public void Failed(Exception problem) =>
        Volatile.Write(ref _position, Now with { Problem = problem.Message, FinalityViolated = problem is FinalityViolationException });

    /// <summary>Another process follows the chain.</summary>
    public void StandBy() => Volatile.Write(ref _position, Now with { Active = false, Problem = null });

    /// <summary>This process follows the chain from now on; the node has the usual time to answer.</summary>
    public void Started() => Volatile.Write(ref _position, Now with { Active = true, AnsweredAt = _clock.GetUtcNow() });

    /// <param name="Lag">Blocks that could be published and are not.</param>
    /// <param name="AnsweredAt">When the node last gave a usable answer.</param>
    /// <param name="Problem">What went wrong since, in a sentence.</param>
    /// <param name="Active">Whether this process holds the lease.</param>
    /// <param name="FinalityViolated">Whether a block that was announced as final is not on the node's chain.</param>
    internal sealed record Position(ulong Head, ulong Checkpoint, ulong Lag, DateTimeOffset? AnsweredAt, string? Problem, bool Active, bool FinalityViolated);
}
