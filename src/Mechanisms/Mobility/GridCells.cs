namespace Mechanisms.Mobility;

/// <summary>
/// A box cut into side × side cells of equal degrees, numbered by rows from the south-west corner to the east and then to the north.
/// A cell holds its southern and western edges; the last row and column also hold the box's others.
/// </summary>
public sealed class GridCells : ICells
{
    private const int MaxSide = 1_000;

    /// <param name="box">The area.</param>
    /// <param name="side">Rows and columns, from 1 to 1,000.</param>
    public GridCells(BoundingBox box, int side)
    {
        ArgumentNullException.ThrowIfNull(box);
        Side = side is > 0 and <= MaxSide ? side : throw new ArgumentOutOfRangeException(nameof(side), side, $"From 1 to {MaxSide}.");
        Box = box;
    }

    /// <summary>The area.</summary>
    public BoundingBox Box { get; }

    /// <summary>Rows and columns.</summary>
    public int Side { get; }

    /// <inheritdoc/>
    public int Count => Side * Side;

    private double Height => Box.NorthEast.Latitude - Box.SouthWest.Latitude;

    private double Width => Box.NorthEast.Longitude - Box.SouthWest.Longitude;

    /// <inheritdoc/>
    public int? CellOf(Position position)
    {
        if (!Box.Contains(position))
        {
            return null;
        }

        var row = Math.Min(Side - 1, (int)((position.Latitude - Box.SouthWest.Latitude) / Height * Side));
        var column = Math.Min(Side - 1, (int)((position.Longitude - Box.SouthWest.Longitude) / Width * Side));
        return (row * Side) + column;
    }

    /// <inheritdoc/>
    public Position CentreOf(int cell)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(cell);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(cell, Count);
        var (row, column) = Math.DivRem(cell, Side);
        return new Position(
            Box.SouthWest.Latitude + ((row + 0.5) / Side * Height),
            Box.SouthWest.Longitude + ((column + 0.5) / Side * Width));
    }
}
