using System.Collections.Immutable;

namespace Mechanisms.Mobility;

/// <summary>Where somebody was at a moment.</summary>
/// <param name="Time">The moment, in UTC.</param>
/// <param name="Position">The place.</param>
public readonly record struct Fix(DateTimeOffset Time, Position Position);

/// <summary>
/// Where somebody was, in the order of the source. Times that go back and speeds that nobody has are still in it:
/// <see cref="Resampling"/> finds and names them.
/// </summary>
/// <param name="Name">Whose or which it is; may be empty.</param>
/// <param name="Fixes">The moments and places.</param>
public sealed record Trajectory(string Name, ImmutableArray<Fix> Fixes);

/// <summary>A place that people go to.</summary>
/// <param name="Name">What it is called; may be empty.</param>
/// <param name="Position">Where it is.</param>
/// <param name="Category">Its kind, as the source names it; null when the source does not.</param>
public sealed record PointOfInterest(string Name, Position Position, string? Category = null);
