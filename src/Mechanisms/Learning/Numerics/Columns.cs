namespace Mechanisms.Learning.Numerics;

/// <summary>The right factor of a product: where 32 of its columns come from.</summary>
internal interface IColumns
{
    /// <summary>Columns of the factor.</summary>
    int Count { get; }

    /// <summary>
    /// Copies up to 32 columns over a part of the depth: depth after depth 32 values, of which those beyond
    /// <paramref name="count"/> may be anything finite or not, as nobody reads what they become.
    /// </summary>
    /// <param name="column">The first column.</param>
    /// <param name="count">How many columns, at most 32.</param>
    /// <param name="depth">The first depth.</param>
    /// <param name="depths">How many depths.</param>
    /// <param name="panel">Depths times 32 floats and another 32 that may be overwritten.</param>
    void Pack(int column, int count, int depth, int depths, Span<float> panel);
}

/// <summary>A matrix in memory with any two strides, so also a transposed one.</summary>
/// <param name="data">The matrix's elements.</param>
/// <param name="count">Columns of the factor.</param>
/// <param name="depthStride">Elements from one row to the next.</param>
/// <param name="columnStride">Elements from one column to the next.</param>
internal readonly struct MatrixColumns(ReadOnlyMemory<float> data, int count, int depthStride, int columnStride) : IColumns
{
    /// <inheritdoc/>
    public int Count => count;

    /// <inheritdoc/>
    public void Pack(int column, int count, int depth, int depths, Span<float> panel)
    {
        var source = data.Span[((column * columnStride) + (depth * depthStride))..];
        if (columnStride == 1)
        {
            for (var k = 0; k < depths; k++)
            {
                source.Slice(k * depthStride, count).CopyTo(panel[(k * Tile.Columns)..]);
            }

            return;
        }

        for (var j = 0; j < count; j++)
        {
            for (int k = 0, from = j * columnStride, to = j; k < depths; k++, from += depthStride, to += Tile.Columns)
            {
                panel[to] = source[from];
            }
        }
    }
}
