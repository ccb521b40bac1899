using System.ComponentModel.DataAnnotations;

namespace Workers.Hosting.Resilience;

/// <summary>Section <c>Resilience</c>: one policy per dependency.</summary>
public sealed class ResilienceOptions
{
    /// <summary>The chain's nodes.</summary>
    public DependencyOptions Rpc { get; set; } = new() { AttemptTimeout = TimeSpan.FromSeconds(20) };

    /// <summary>The content network.</summary>
    public DependencyOptions Content { get; set; } = new() { AttemptTimeout = TimeSpan.FromMinutes(2) };
}

/// <summary>How calls to one dependency are repeated, given up and held back.</summary>
public sealed class DependencyOptions
{
    /// <summary>Repetitions after the first attempt.</summary>
    [Range(0, 20)]
    public int Retries { get; set; } = 4;

    /// <summary>Wait before the first repetition; doubles, with jitter.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan FirstDelay { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Longest wait between two attempts.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan MaximumDelay { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Time that one attempt may take.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Share of failures among the calls of <see cref="SamplingDuration"/> that opens the circuit.</summary>
    [Range(0.01, 1.0)]
    public double FailureRatio { get; set; } = 0.8;

    /// <summary>Calls below which the circuit stays closed.</summary>
    [Range(2, 10_000)]
    public int MinimumThroughput { get; set; } = 20;

    /// <summary>Window over which failures are counted.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan SamplingDuration { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an open circuit refuses calls before it lets one through.</summary>
    [Range(typeof(TimeSpan), "00:00:00.500", "01:00:00")]
    public TimeSpan BreakDuration { get; set; } = TimeSpan.FromSeconds(10);
}
