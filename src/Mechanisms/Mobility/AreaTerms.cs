using System.Collections.Immutable;

namespace Mechanisms.Mobility;

/// <summary>An area as it is written down: a grid of equal degrees, or cells around places. Exactly one of the two is given.</summary>
/// <param name="Grid">South, west, north and east in degrees.</param>
/// <param name="Side">Rows and columns of the grid.</param>
/// <param name="Places">Latitude and longitude of each place in degrees.</param>
/// <param name="Reach">Kilometres from the nearest place beyond which nobody is in the area.</param>
public sealed record AreaTerms(ImmutableArray<double>? Grid = null, int? Side = null, ImmutableArray<ImmutableArray<double>>? Places = null, double? Reach = null)
{
    /// <summary>The cells.</summary>
    /// <exception cref="FormatException">It is neither of the two.</exception>
    /// <exception cref="ArgumentException">There is no such grid, or a place or the reach is none.</exception>
    public ICells ToCells() => (Grid, Side, Places, Reach) switch
    {
        ({ IsDefault: false, Length: 4 } box, { } side, null, null) => new GridCells(new BoundingBox(new Position(box[0], box[1]), new Position(box[2], box[3])), side),
        (null, null, { IsDefault: false, Length: > 0 } places, { } reach) when places.All(p => p is { IsDefault: false, Length: 2 }) =>
            new PlaceCells([.. places.Select((p, i) => new PointOfInterest($"{i}", new Position(p[0], p[1])))], reach),
        _ => throw new FormatException("It is neither a grid of four degrees with a side nor places of two degrees each with a reach."),
    };
}
