using System.Collections.Immutable;

namespace Mechanisms.Mobility;

/// <summary>
/// Draws an area and people's movement in it. Whoever draws with the same seed gets the same: <see cref="Random"/> with a seed is the same
/// on every machine and in every version of .NET, and positions are rounded to 1e-9 degrees (0.1 mm), which hides the last bit in which
/// the mathematical functions of two machines may differ.
/// </summary>
public static class MadeUpArea
{
    private const int MaxExpected = 100_000;

    // Beyond four standard deviations lies one of 16,000.
    private const double Reach = 4;

    /// <summary>The places of a square.</summary>
    /// <param name="centre">Its middle.</param>
    /// <param name="side">Its side in kilometres.</param>
    /// <param name="options">How dense and clustered it is.</param>
    /// <param name="seed">What is drawn.</param>
    /// <returns>Named "place 1" and so on, with the category "cluster 1" and so on; at least one.</returns>
    /// <exception cref="ArgumentException">More than 100,000 places or clusters are to be expected, or the square is no area.</exception>
    public static ImmutableArray<PointOfInterest> Places(Position centre, double side, AreaOptions options, int seed)
    {
        ArgumentNullException.ThrowIfNull(options);
        var box = BoundingBox.Around(centre, side);
        var plane = new PlanarProjection(centre);

        // Clusters outside reach in.
        var wide = side + (2 * Reach * options.ClusterSpread);
        var expected = wide * wide * options.ClustersPerSquareKilometre * Math.Max(1, options.PlacesPerCluster);
        if (expected > MaxExpected)
        {
            throw new ArgumentException($"About {expected:F0} places are to be expected; {MaxExpected} are allowed.", nameof(options));
        }

        var random = new Random(seed);
        var places = ImmutableArray.CreateBuilder<PointOfInterest>();
        var clusters = Draws.Poisson(random, wide * wide * options.ClustersPerSquareKilometre);
        for (var cluster = 1; cluster <= clusters; cluster++)
        {
            var middle = new PlanarPoint(wide * (random.NextDouble() - 0.5), wide * (random.NextDouble() - 0.5));
            for (var left = Draws.Poisson(random, options.PlacesPerCluster); left > 0; left--)
            {
                var (east, north) = Draws.Normals(random);
                var at = Rounded(plane.Unproject(new PlanarPoint(middle.East + (options.ClusterSpread * east), middle.North + (options.ClusterSpread * north))));
                if (box.Contains(at))
                {
                    places.Add(new PointOfInterest($"place {places.Count + 1}", at, $"cluster {cluster}"));
                }
            }
        }

        // An area without a place has no cells; a small suburb may be drawn empty.
        if (places.Count == 0)
        {
            places.Add(new PointOfInterest("place 1", Rounded(centre), "cluster 1"));
        }

        return places.DrainToImmutable();
    }

    internal static Position Rounded(Position position) => new(Math.Round(position.Latitude, 9), Math.Round(position.Longitude, 9));
}
