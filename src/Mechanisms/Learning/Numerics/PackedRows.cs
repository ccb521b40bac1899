using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Mechanisms.Learning.Numerics;

/// <summary>
/// The left factor of a product, copied into panels of 8 rows so that the tile reads it from end to end. What the
/// last panel has beyond the last row goes into rows of tiles that nobody reads.
/// </summary>
internal sealed class PackedRows
{
    private PackedRows(int rows, int depth, float[]? memory)
    {
        Rows = rows;
        Depth = depth;
        Panels = (rows + Tile.Rows - 1) / Tile.Rows;
        var size = checked((int)PackedCount(rows, depth));
        Data = memory?.Length >= size ? memory : new float[size];
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
    /// <param name="memory">The <see cref="Data"/> of an earlier factor, used again if it is large enough.</param>
    public static PackedRows Of(ReadOnlySpan<float> source, int rows, int depth, int rowStride, int depthStride, float[]? memory = null)
    {
        var packed = new PackedRows(rows, depth, memory);
        if (depth > 0)
        {
            packed.Fill(0, 0, rows, depth, source, rowStride, depthStride);
        }

        return packed;
    }

    /// <summary>
    /// Packs the channels of N × C × P planes as rows: row c is channel c of every sample, one sample after the other.
    /// </summary>
    public static PackedRows OfPlanes(ReadOnlySpan<float> source, int samples, int channels, int plane, float[]? memory = null)
    {
        var packed = new PackedRows(channels, samples * plane, memory);
        for (var sample = 0; sample < samples; sample++)
        {
            packed.Fill(0, sample * plane, channels, plane, source.Slice(sample * channels * plane, channels * plane), plane, 1);
        }

        return packed;
    }

    /// <summary>Fills part of the depth of all rows; what lies beyond the rows of the last panel is nobody's.</summary>
    private void Fill(int row, int depth, int rows, int depths, ReadOnlySpan<float> source, int rowStride, int depthStride)
    {
        // One check for all: the last element that is read.
        _ = source[((rows - 1) * rowStride) + ((depths - 1) * depthStride)];
        ref var from = ref MemoryMarshal.GetReference(source);
        for (; row < rows; row += Tile.Rows)
        {
            var count = Math.Min(Tile.Rows, rows - row);
            ref var to = ref Data[((row * Depth) + (depth * Tile.Rows))];
            _ = Data[((row * Depth) + ((depth + depths) * Tile.Rows)) - 1];
            for (var k = 0; k < depths; k++)
            {
                ref var element = ref Unsafe.Add(ref from, (row * rowStride) + (k * depthStride));
                if (rowStride == 1 && count == Tile.Rows)
                {
                    Vector256.LoadUnsafe(ref element).StoreUnsafe(ref to);
                }
                else
                {
                    for (var r = 0; r < count; r++)
                    {
                        Unsafe.Add(ref to, r) = Unsafe.Add(ref element, r * rowStride);
                    }
                }

                to = ref Unsafe.Add(ref to, Tile.Rows);
            }
        }
    }
}
