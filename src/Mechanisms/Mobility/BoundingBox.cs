namespace Mechanisms.Mobility;

/// <summary>An area between two parallels and two meridians that does not reach over the antimeridian.</summary>
public sealed record BoundingBox
{
    /// <param name="southWest">The corner with the smaller degrees.</param>
    /// <param name="northEast">The corner with the larger degrees.</param>
    /// <exception cref="ArgumentException">The box has no area.</exception>
    public BoundingBox(Position southWest, Position northEast)
    {
        if (southWest.Latitude >= northEast.Latitude || southWest.Longitude >= northEast.Longitude)
        {
            throw new ArgumentException("The north-east corner must have a larger latitude and a larger longitude than the south-west one.", nameof(northEast));
        }

        SouthWest = southWest;
        NorthEast = northEast;
    }

    /// <summary>The corner with the smaller degrees.</summary>
    public Position SouthWest { get; }

    /// <summary>The corner with the larger degrees.</summary>
    public Position NorthEast { get; }

    /// <summary>The square of the plane around a centre (see <see cref="PlanarProjection"/>).</summary>
    /// <param name="centre">Its middle.</param>
    /// <param name="side">Kilometres from south to north and from west to east.</param>
    /// <exception cref="ArgumentException">It has no area, or reaches over a pole or the antimeridian.</exception>
    public static BoundingBox Around(Position centre, double side)
    {
        if (!(side > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(side), side, "More than 0 kilometres.");
        }

        var plane = new PlanarProjection(centre);
        return new BoundingBox(plane.Unproject(new PlanarPoint(-side / 2, -side / 2)), plane.Unproject(new PlanarPoint(side / 2, side / 2)));
    }

    /// <summary>Whether a position lies in it or on its edge.</summary>
    public bool Contains(Position position) =>
        position.Latitude >= SouthWest.Latitude && position.Latitude <= NorthEast.Latitude
        && position.Longitude >= SouthWest.Longitude && position.Longitude <= NorthEast.Longitude;
}
