namespace Mechanisms.Learning.Numerics;

/// <summary>
/// The left factor of a product, copied into panels of 8 rows so that the tile reads it from end to end. The last
/// panel is filled up with zeros.
/// </summary>
internal sealed class PackedRows
{
    private PackedRows(int rows, int depth)
    {
        Rows = rows;
        Depth = depth;
        Panels = (rows + Tile.Rows - 1) / Tile.Rows;
        Data = new float[PackedCount(rows, depth)];
    }

    /// <summary>Rows of the factor.</summary>
    public int Rows { get; }

    /// <summary>Columns of the factor, over which the product sums.</summary>
    public int Depth { get; }

    /// <summary>Groups of 8 rows, the last one perhaps not full.</summary>
    public int Panels { get; }

    /// <summary>Panel after panel; in a panel depth after depth; at a depth 8 rows.</summary>
    public float[] Data { get; }

    /// <summary>Floats that the packed form takes.</summary>
    public static long PackedCount(long rows, long depth) => (rows + Tile.Rows - 1) / Tile.Rows * Tile.Rows * depth;

    /// <summary>Packs a matrix that lies in memory with any two strides, so also a transposed one.</summary>
    /// <param name="source">The matrix's elements.</param>
    /// <param name="rows">Rows of the factor.</param>
    /// <param name="depth">Columns of the factor.</param>
    /// <param name="rowStride">Elements from one row to the next.</param>
    /// <param name="depthStride">Elements from one column to the next.</param>
    public static PackedRows Of(ReadOnlySpan<float> source, int rows, int depth, int rowStride, int depthStride)
    {
        var packed = new PackedRows(rows, depth);
        for (var row = 0; row < rows && depth > 0; row++)
        {
            packed.Fill(row, 0, depth, source[(row * rowStride)..], depthStride);
        }

        return packed;
    }

    /// <summary>
    /// Packs the channels of N × C × P planes as rows: row c is channel c of every sample, one sample after the other.
    /// </summary>
    public static PackedRows OfPlanes(ReadOnlySpan<float> source, int samples, int channels, int plane)
    {
        var packed = new PackedRows(channels, samples * plane);
        for (var sample = 0; sample < samples; sample++)
        {
            for (var channel = 0; channel < channels; channel++)
            {
                packed.Fill(channel, sample * plane, plane, source[(((sample * channels) + channel) * plane)..], 1);
            }
        }

        return packed;
    }

    private void Fill(int row, int depth, int count, ReadOnlySpan<float> source, int stride)
    {
        var target = Data.AsSpan((row / Tile.Rows * Depth * Tile.Rows) + (depth * Tile.Rows) + (row % Tile.Rows));
        for (int k = 0, from = 0, to = 0; k < count; k++, from += stride, to += Tile.Rows)
        {
            target[to] = source[from];
        }
    }
}
