namespace Mechanisms.Mobility;

/// <summary>A point of the plane around a centre.</summary>
/// <param name="East">Kilometres to the east.</param>
/// <param name="North">Kilometres to the north.</param>
public readonly record struct PlanarPoint(double East, double North)
{
    /// <summary>Kilometres in a straight line.</summary>
    public double DistanceTo(PlanarPoint other) => double.Hypot(East - other.East, North - other.North);
}

/// <summary>
/// The equirectangular projection with its standard parallel at the centre (Snyder, USGS Professional Paper 1395, 1987, eq. 12-1 and
/// 12-2), in kilometres. Within 20 km of a centre below 60 degrees of latitude, distances are right to about 0.5 %.
/// </summary>
public sealed class PlanarProjection
{
    private const double HighestLatitude = 85;
    private const double KilometresPerDegree = Position.EarthRadius * Math.PI / 180;
    private readonly double perDegreeEast;

    /// <param name="centre">What becomes (0, 0); at most 85 degrees from the equator, since meridians meet at the poles.</param>
    public PlanarProjection(Position centre)
    {
        if (Math.Abs(centre.Latitude) > HighestLatitude)
        {
            throw new ArgumentOutOfRangeException(nameof(centre), centre.Latitude, $"At most {HighestLatitude} degrees from the equator.");
        }

        Centre = centre;
        perDegreeEast = KilometresPerDegree * Math.Cos(double.DegreesToRadians(centre.Latitude));
    }

    /// <summary>What becomes (0, 0).</summary>
    public Position Centre { get; }

    /// <summary>A position in kilometres from the centre.</summary>
    public PlanarPoint Project(Position position) =>
        new(perDegreeEast * Wrap(position.Longitude - Centre.Longitude), KilometresPerDegree * (position.Latitude - Centre.Latitude));

    /// <summary>The position of a point.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It lies beyond a pole, or more than half around the earth.</exception>
    public Position Unproject(PlanarPoint point)
    {
        var east = point.East / perDegreeEast;
        return Math.Abs(east) <= 180
            ? new Position(Centre.Latitude + (point.North / KilometresPerDegree), Wrap(Centre.Longitude + east))
            : throw new ArgumentOutOfRangeException(nameof(point), point, "More than half around the earth.");
    }

    /// <summary>Degrees of longitude brought into −180 to 180; those already there stay as they are, bit by bit.</summary>
    internal static double Wrap(double degrees) => degrees > 180 ? degrees - 360 : degrees < -180 ? degrees + 360 : degrees;
}
