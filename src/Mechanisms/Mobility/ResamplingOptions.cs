namespace Mechanisms.Mobility;

/// <summary>How a trajectory becomes moments at equal distances.</summary>
/// <param name="Interval">Time between two moments: the step of the mobility model; from 1 ms.</param>
/// <param name="MaxGap">The longest time between two fixes that still belong together; a longer one breaks the sequence.</param>
/// <param name="MaxSpeed">Kilometres per hour; a fix that needs a higher speed from the one before is noise.</param>
public sealed record ResamplingOptions(TimeSpan Interval, TimeSpan MaxGap, double MaxSpeed)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    /// <inheritdoc cref="ResamplingOptions(TimeSpan, TimeSpan, double)"/>
    public TimeSpan Interval { get; } = Interval >= Shortest
        ? Interval
        : throw new ArgumentOutOfRangeException(nameof(Interval), Interval, "At least a millisecond.");

    /// <inheritdoc cref="ResamplingOptions(TimeSpan, TimeSpan, double)"/>
    public TimeSpan MaxGap { get; } = MaxGap > TimeSpan.Zero
        ? MaxGap
        : throw new ArgumentOutOfRangeException(nameof(MaxGap), MaxGap, "More than no time.");

    /// <inheritdoc cref="ResamplingOptions(TimeSpan, TimeSpan, double)"/>
    public double MaxSpeed { get; } = MaxSpeed > 0
        ? MaxSpeed
        : throw new ArgumentOutOfRangeException(nameof(MaxSpeed), MaxSpeed, "More than 0 km/h.");
}

/// <summary>Why a fix was not used.</summary>
public enum NoiseReason
{
    /// <summary>It is no later than the fix before it.</summary>
    NotLater,

    /// <summary>Nobody moves so fast.</summary>
    TooFast,
}

/// <summary>A fix that was not used.</summary>
/// <param name="Index">Which fix of the trajectory, from 0.</param>
/// <param name="Fix">The fix.</param>
/// <param name="Reason">Why.</param>
/// <param name="Speed">Kilometres per hour from the last fix that was used; 0 when the time did not go on.</param>
public readonly record struct Noise(int Index, Fix Fix, NoiseReason Reason, double Speed);
