namespace Mechanisms.Mobility;

/// <summary>A place on the earth in WGS-84 degrees. The default value is the crossing of equator and prime meridian.</summary>
public readonly record struct Position
{
    /// <summary>The mean radius R1 of the GRS80 ellipsoid in kilometres (Moritz, Journal of Geodesy 74, 2000).</summary>
    public const double EarthRadius = 6371.0088;

    /// <param name="latitude">Degrees north, from −90 to 90.</param>
    /// <param name="longitude">Degrees east, from −180 to 180.</param>
    /// <exception cref="ArgumentOutOfRangeException">One of them is not a number or out of its range.</exception>
    public Position(double latitude, double longitude)
    {
        if (Problem(latitude, longitude) is { } problem)
        {
            throw new ArgumentOutOfRangeException(nameof(latitude), problem);
        }

        Latitude = latitude;
        Longitude = longitude;
    }

    /// <summary>Degrees north, from −90 to 90.</summary>
    public double Latitude { get; }

    /// <summary>Degrees east, from −180 to 180; both ends are the same meridian.</summary>
    public double Longitude { get; }

    /// <summary>What is wrong with two numbers that shall be a position, as a sentence; null when nothing is.</summary>
    public static string? Problem(double latitude, double longitude) =>
        !(Math.Abs(latitude) <= 90) ? $"the latitude is {latitude}; it must be from -90 to 90 degrees."
        : !(Math.Abs(longitude) <= 180) ? $"the longitude is {longitude}; it must be from -180 to 180 degrees."
        : null;

    /// <summary>
    /// Kilometres along the great circle on a sphere of radius <see cref="EarthRadius"/>, by the haversine formula (Sinnott, Sky and
    /// Telescope 68, 1984). The ellipsoid's distance differs by up to 0.6 %.
    /// </summary>
    public double DistanceTo(Position other)
    {
        var north = Math.Sin(double.DegreesToRadians(other.Latitude - Latitude) / 2);
        var east = Math.Sin(double.DegreesToRadians(other.Longitude - Longitude) / 2);
        var haversine = (north * north)
            + (Math.Cos(double.DegreesToRadians(Latitude)) * Math.Cos(double.DegreesToRadians(other.Latitude)) * east * east);
        return 2 * EarthRadius * Math.Asin(Math.Sqrt(Math.Min(1, haversine)));
    }

    /// <summary>The point of the unit sphere. Straight distances between such points order like great circles do.</summary>
    internal (double X, double Y, double Z) OnUnitSphere()
    {
        var (sinNorth, cosNorth) = Math.SinCos(double.DegreesToRadians(Latitude));
        var (sinEast, cosEast) = Math.SinCos(double.DegreesToRadians(Longitude));
        return (cosNorth * cosEast, cosNorth * sinEast, sinNorth);
    }

    /// <summary>The place at a part of the way to another one, linear in degrees and over the antimeridian where that is shorter.</summary>
    /// <param name="other">Where the way ends.</param>
    /// <param name="part">From 0 (here) to 1 (there).</param>
    public Position Towards(Position other, double part)
    {
        if (!(part is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(part), part, "From 0 to 1.");
        }

        var longitude = Longitude + (part * PlanarProjection.Wrap(other.Longitude - Longitude));
        return new Position(
            Math.Clamp(Latitude + (part * (other.Latitude - Latitude)), -90, 90),
            PlanarProjection.Wrap(longitude));
    }
}
