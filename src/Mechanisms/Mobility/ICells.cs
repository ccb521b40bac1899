namespace Mechanisms.Mobility;

/// <summary>An area divided into cells that are numbered from 0: the places that the privacy game tells apart.</summary>
public interface ICells
{
    /// <summary>How many there are, at least 1.</summary>
    int Count { get; }

    /// <summary>The cell of a position; null when it lies outside the area.</summary>
    int? CellOf(Position position);

    /// <summary>The position that stands for a cell.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such cell.</exception>
    Position CentreOf(int cell);
}

/// <summary>How far the cells of an area lie from each other.</summary>
public static class CellDistances
{
    /// <summary>Cells of a matrix between cells; 4,096 make 128 MiB.</summary>
    public const int MaxCells = 4_096;

    /// <summary>
    /// Great-circle distances between the cells' centres in kilometres: n × n numbers by rows, symmetric, zero on the diagonal.
    /// </summary>
    /// <exception cref="ArgumentException">There are more than <see cref="MaxCells"/> cells.</exception>
    public static double[] InKilometres(ICells cells)
    {
        ArgumentNullException.ThrowIfNull(cells);
        var n = cells.Count <= MaxCells ? cells.Count : throw new ArgumentException($"{cells.Count} cells; a matrix may have {MaxCells}.", nameof(cells));
        var distances = new double[n * n];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < i; j++)
            {
                distances[(i * n) + j] = distances[(j * n) + i] = cells.CentreOf(i).DistanceTo(cells.CentreOf(j));
            }
        }

        return distances;
    }
}
