using System.Diagnostics;
using System.Diagnostics.Metrics;
using Workers.Hosting.Data;

namespace Workers.Hosting.Telemetry;

/// <summary>A worker's own meter and activity source, both named <c>DataMarket.&lt;worker&gt;</c>.</summary>
public sealed class WorkerTelemetry<TDb> : IDisposable
    where TDb : WorkerDbContext
{
    private readonly Counter<long> _messages;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _published;
    private readonly Counter<long> _fired;
    private long _outboxDepth;
    private double _outboxAge;

    /// <param name="worker">The worker's name.</param>
    /// <param name="meters">The process's own, so that fleets that share a process do not share figures.</param>
    public WorkerTelemetry(string worker, IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        Worker = worker;
        var name = $"DataMarket.{worker}";
        Activities = new ActivitySource(name);
        Meter = meters.Create(name);
        _messages = Meter.CreateCounter<long>("market.messages", null, "Messages that handlers finished, by handler and outcome.");
        _duration = Meter.CreateHistogram(
            "market.handler.duration",
            "s",
            "Time from taking a message to its commit.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120] });
        _published = Meter.CreateCounter<long>("market.outbox.published", null, "Outbox rows, by outcome of publishing.");
        _fired = Meter.CreateCounter<long>("market.schedule.fired", null, "Commands that schedules saved, by command. With replicas, one of them fires each time.");
        Meter.CreateObservableGauge("market.outbox.depth", () => Volatile.Read(ref _outboxDepth), null, "Rows that wait for the bus.");
        Meter.CreateObservableGauge("market.outbox.age", () => Volatile.Read(ref _outboxAge), "s", "Age of the oldest row that is due and waits for the bus.");
    }

    /// <summary>The worker's name.</summary>
    internal string Worker { get; }

    /// <summary>For the worker's own instruments. Label values have to come from a small fixed set.</summary>
    public Meter Meter { get; }

    /// <summary>For the worker's own spans.</summary>
    public ActivitySource Activities { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Activities.Dispose();
        Meter.Dispose();
    }

    /// <summary>A correlation id of 32 hexadecimal digits is the trace's id too.</summary>
    internal Activity? StartActivity(string name, string correlationId)
    {
        if (!Activities.HasListeners())
        {
            return null;
        }

        var parent = correlationId.Length == 32 && correlationId.All(char.IsAsciiHexDigitLower)
            ? new ActivityContext(ActivityTraceId.CreateFromString(correlationId), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded)
            : default;
        return Activities.StartActivity(name, ActivityKind.Consumer, parent);
    }

    internal void Finished(string handler, string outcome, TimeSpan? duration)
    {
        _messages.Add(1, new("handler", handler), new("outcome", outcome));
        if (duration is { } d)
        {
            _duration.Record(d.TotalSeconds, new KeyValuePair<string, object?>("handler", handler));
        }
    }

    internal void Published(string outcome, int count)
    {
        if (count > 0)
        {
            _published.Add(count, new KeyValuePair<string, object?>("outcome", outcome));
        }
    }

    internal void Fired(string command) => _fired.Add(1, new KeyValuePair<string, object?>("command", command));

    internal void OutboxIs(long depth, TimeSpan age)
    {
        Volatile.Write(ref _outboxDepth, depth);
        Volatile.Write(ref _outboxAge, age.TotalSeconds);
    }
}
