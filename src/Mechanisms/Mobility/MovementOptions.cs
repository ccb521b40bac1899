namespace Mechanisms.Mobility;

/// <summary>
/// Exploration and preferential return (Song, Koren, Wang, Barabási, Nature Physics 6, 2010): somebody who knows S places goes to a
/// new one with probability ρ S^−γ, else back to a known one in proportion to the visits there. New places are chosen by the distance r
/// with weight (r + r₀)^−(1+α). ρ, γ and α are those that the authors found in telephone data.
/// </summary>
/// <param name="Start">The moment of the first fix.</param>
/// <param name="Duration">How long the movement lasts.</param>
/// <param name="Interval">Time between two fixes.</param>
/// <param name="MaxSpeed">Kilometres per hour that nobody exceeds; each way is walked or driven at 0.3 to 0.95 of it, in a straight line.</param>
/// <param name="MeanStay">Mean time at a place; stays are exponential.</param>
public sealed record MovementOptions(DateTimeOffset Start, TimeSpan Duration, TimeSpan Interval, double MaxSpeed, TimeSpan MeanStay)
{
    private static readonly TimeSpan Decade = TimeSpan.FromDays(3_652);

    /// <inheritdoc cref="MovementOptions(DateTimeOffset, TimeSpan, TimeSpan, double, TimeSpan)"/>
    public TimeSpan Duration { get; } = Duration > TimeSpan.Zero && Duration <= Decade
        ? Duration
        : throw new ArgumentOutOfRangeException(nameof(Duration), Duration, "More than no time, at most ten years.");

    /// <inheritdoc cref="MovementOptions(DateTimeOffset, TimeSpan, TimeSpan, double, TimeSpan)"/>
    public TimeSpan Interval { get; } = Interval >= TimeSpan.FromSeconds(1) && Interval <= Decade
        ? Interval
        : throw new ArgumentOutOfRangeException(nameof(Interval), Interval, "From a second to ten years.");

    /// <inheritdoc cref="MovementOptions(DateTimeOffset, TimeSpan, TimeSpan, double, TimeSpan)"/>
    public double MaxSpeed { get; } = MaxSpeed is >= 1 and <= 1_000
        ? MaxSpeed
        : throw new ArgumentOutOfRangeException(nameof(MaxSpeed), MaxSpeed, "From 1 to 1000 km/h.");

    /// <inheritdoc cref="MovementOptions(DateTimeOffset, TimeSpan, TimeSpan, double, TimeSpan)"/>
    public TimeSpan MeanStay { get; } = MeanStay >= TimeSpan.FromMinutes(1) && MeanStay <= Decade
        ? MeanStay
        : throw new ArgumentOutOfRangeException(nameof(MeanStay), MeanStay, "From a minute to ten years.");

    /// <summary>ρ: the probability to go to a second place when one is known.</summary>
    public const double Exploration = 0.6;

    /// <summary>γ: how fast that probability falls with the number of known places.</summary>
    public const double ExplorationDecay = 0.21;

    /// <summary>α: how fast far places lose their attraction.</summary>
    public const double JumpExponent = 0.55;

    /// <summary>r₀ in kilometres: a place next door is not endlessly more attractive than one down the street.</summary>
    public const double NextDoor = 0.05;
}
