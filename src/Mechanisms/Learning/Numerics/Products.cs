using System.Numerics.Tensors;

namespace Mechanisms.Learning.Numerics;

/// <summary>Where finished tiles of a product go.</summary>
internal interface IProducts
{
    /// <summary>Takes one tile.</summary>
    /// <param name="tile">8 × 32 values, row-major.</param>
    /// <param name="row">The product's row of the first value.</param>
    /// <param name="rows">Rows of the tile that belong to the product, at most 8.</param>
    /// <param name="column">The product's column of the first value.</param>
    /// <param name="columns">Columns of the tile that belong to the product, at most 32.</param>
    void Store(Span<float> tile, int row, int rows, int column, int columns);
}

/// <summary>A row-major matrix, with a bias for each column added.</summary>
/// <param name="data">The matrix's elements.</param>
/// <param name="width">Columns of the matrix.</param>
/// <param name="bias">One value for each column, or empty.</param>
internal readonly struct MatrixProducts(Memory<float> data, int width, ReadOnlyMemory<float> bias = default) : IProducts
{
    /// <inheritdoc/>
    public void Store(Span<float> tile, int row, int rows, int column, int columns)
    {
        for (var i = 0; i < rows; i++)
        {
            var values = tile.Slice(i * Tile.Columns, columns);
            var target = data.Span.Slice(((row + i) * width) + column, columns);
            if (bias.IsEmpty)
            {
                values.CopyTo(target);
            }
            else
            {
                TensorPrimitives.Add(values, bias.Span.Slice(column, columns), target);
            }
        }
    }
}

/// <summary>
/// N × C × P planes: a row is a channel, the columns are the places of one sample after another. A bias for each
/// channel is added.
/// </summary>
/// <param name="data">All planes.</param>
/// <param name="channels">C.</param>
/// <param name="first">The channel of row 0.</param>
/// <param name="plane">P, places in a plane.</param>
/// <param name="bias">One value for each channel, or empty.</param>
/// <param name="rectify">True if what is below 0 becomes 0.</param>
internal readonly struct PlaneProducts(Memory<float> data, int channels, int first, int plane, ReadOnlyMemory<float> bias = default, bool rectify = false) : IProducts
{
    /// <inheritdoc/>
    public void Store(Span<float> tile, int row, int rows, int column, int columns)
    {
        var target = data.Span;
        var shifts = bias.IsEmpty ? default : bias.Span.Slice(first + row, rows);
        var (only, start) = Math.DivRem(column, plane);
        if (columns == Tile.Columns && start + columns <= plane)
        {
            Tile.Finish(tile, shifts, rectify, rows, target[((((only * channels) + first + row) * plane) + start)..], plane);
            return;
        }

        Tile.Finish(tile, shifts, rectify, rows, tile, Tile.Columns);
        for (var done = 0; done < columns;)
        {
            var (sample, place) = Math.DivRem(column + done, plane);
            var count = Math.Min(columns - done, plane - place);
            for (var i = 0; i < rows; i++)
            {
                tile.Slice((i * Tile.Columns) + done, count).CopyTo(target[((((sample * channels) + first + row + i) * plane) + place)..]);
            }

            done += count;
        }
    }
}
