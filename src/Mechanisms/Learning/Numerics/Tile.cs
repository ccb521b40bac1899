using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Mechanisms.Learning.Numerics;

/// <summary>
/// The innermost part of a matrix product: a tile of 8 rows by 32 columns that stays in registers while the depth
/// goes by.
/// </summary>
/// <remarks>
/// Every element is one chain of fused multiply-adds with the depth ascending, c ← fma(a, b, c). A fused multiply-add
/// is rounded once and the same everywhere, so the bits of a product depend neither on the width of the vectors nor on
/// how the work was cut into tiles, blocks and threads.
/// </remarks>
internal static class Tile
{
    /// <summary>Rows of a tile.</summary>
    public const int Rows = 8;

    /// <summary>Columns of a tile.</summary>
    public const int Columns = 32;

    /// <summary>tile = A · B over the first depths, or tile += A · B over further ones.</summary>
    /// <param name="a">Depth times 8 values: the tile's rows at one depth side by side.</param>
    /// <param name="b">Depth times 32 values: the tile's columns at one depth side by side.</param>
    /// <param name="depth">Products that are added to each element.</param>
    /// <param name="tile">8 × 32 sums, row-major.</param>
    /// <param name="first">True to start from 0, false to go on with what the tile holds.</param>
    public static void MultiplyAdd(ref float a, ref float b, int depth, ref float tile, bool first)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            MultiplyAdd512(ref a, ref b, depth, ref tile, first);
        }
        else
        {
            MultiplyAdd256(ref a, ref b, depth, ref tile, first);
        }
    }

    /// <summary>Adds a bias to each row and, if asked, replaces what is below 0 by 0.</summary>
    /// <param name="tile">8 × 32 sums, row-major.</param>
    /// <param name="bias">A value for each row, or empty.</param>
    /// <param name="rectify">True for the larger of each element and 0.</param>
    /// <param name="rows">How many of the rows.</param>
    /// <param name="target">Takes rows of 32 values; may be the tile.</param>
    /// <param name="stride">From one row of the target to the next.</param>
    public static void Finish(ReadOnlySpan<float> tile, ReadOnlySpan<float> bias, bool rectify, int rows, Span<float> target, int stride)
    {
        // One check for all: the last element that is read and the last that is written.
        ref var from = ref MemoryMarshal.GetReference(tile[..(rows * Columns)]);
        ref var to = ref MemoryMarshal.GetReference(target[..(((rows - 1) * stride) + Columns)]);
        for (var row = 0; row < rows; row++)
        {
            var shift = Vector512.Create(bias.IsEmpty ? 0 : bias[row]);
            for (var column = 0; column < Columns; column += Vector512<float>.Count)
            {
                var sum = Vector512.LoadUnsafe(ref from, (nuint)((row * Columns) + column)) + shift;
                (rectify ? Vector512.Max(sum, Vector512<float>.Zero) : sum).StoreUnsafe(ref to, (nuint)((row * stride) + column));
            }
        }
    }

    /// <summary>With 512-bit vectors: 16 of the 32 registers hold the sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void MultiplyAdd512(ref float a, ref float b, int depth, ref float tile, bool first)
    {
        Vector512<float> c0 = default, d0 = default;
        Vector512<float> c1 = default, d1 = default;
        Vector512<float> c2 = default, d2 = default;
        Vector512<float> c3 = default, d3 = default;
        Vector512<float> c4 = default, d4 = default;
        Vector512<float> c5 = default, d5 = default;
        Vector512<float> c6 = default, d6 = default;
        Vector512<float> c7 = default, d7 = default;
        if (!first)
        {
            (c0, d0) = (Vector512.LoadUnsafe(ref tile, 0), Vector512.LoadUnsafe(ref tile, 16));
            (c1, d1) = (Vector512.LoadUnsafe(ref tile, 32), Vector512.LoadUnsafe(ref tile, 48));
            (c2, d2) = (Vector512.LoadUnsafe(ref tile, 64), Vector512.LoadUnsafe(ref tile, 80));
            (c3, d3) = (Vector512.LoadUnsafe(ref tile, 96), Vector512.LoadUnsafe(ref tile, 112));
            (c4, d4) = (Vector512.LoadUnsafe(ref tile, 128), Vector512.LoadUnsafe(ref tile, 144));
            (c5, d5) = (Vector512.LoadUnsafe(ref tile, 160), Vector512.LoadUnsafe(ref tile, 176));
            (c6, d6) = (Vector512.LoadUnsafe(ref tile, 192), Vector512.LoadUnsafe(ref tile, 208));
            (c7, d7) = (Vector512.LoadUnsafe(ref tile, 224), Vector512.LoadUnsafe(ref tile, 240));
        }

        for (var k = 0; k < depth; k++)
        {
            var left = Vector512.LoadUnsafe(ref b);
            var right = Vector512.LoadUnsafe(ref b, 16);
            var x = Vector512.Create(a);
            c0 = Vector512.FusedMultiplyAdd(x, left, c0);
            d0 = Vector512.FusedMultiplyAdd(x, right, d0);
            x = Vector512.Create(Unsafe.Add(ref a, 1));
            c1 = Vector512.FusedMultiplyAdd(x, left, c1);
            d1 = Vector512.FusedMultiplyAdd(x, right, d1);
            x = Vector512.Create(Unsafe.Add(ref a, 2));
            c2 = Vector512.FusedMultiplyAdd(x, left, c2);
            d2 = Vector512.FusedMultiplyAdd(x, right, d2);
            x = Vector512.Create(Unsafe.Add(ref a, 3));
            c3 = Vector512.FusedMultiplyAdd(x, left, c3);
            d3 = Vector512.FusedMultiplyAdd(x, right, d3);
            x = Vector512.Create(Unsafe.Add(ref a, 4));
            c4 = Vector512.FusedMultiplyAdd(x, left, c4);
            d4 = Vector512.FusedMultiplyAdd(x, right, d4);
            x = Vector512.Create(Unsafe.Add(ref a, 5));
            c5 = Vector512.FusedMultiplyAdd(x, left, c5);
            d5 = Vector512.FusedMultiplyAdd(x, right, d5);
            x = Vector512.Create(Unsafe.Add(ref a, 6));
            c6 = Vector512.FusedMultiplyAdd(x, left, c6);
            d6 = Vector512.FusedMultiplyAdd(x, right, d6);
            x = Vector512.Create(Unsafe.Add(ref a, 7));
            c7 = Vector512.FusedMultiplyAdd(x, left, c7);
            d7 = Vector512.FusedMultiplyAdd(x, right, d7);
            a = ref Unsafe.Add(ref a, Rows);
            b = ref Unsafe.Add(ref b, Columns);
        }

        c0.StoreUnsafe(ref tile, 0);
        d0.StoreUnsafe(ref tile, 16);
        c1.StoreUnsafe(ref tile, 32);
        d1.StoreUnsafe(ref tile, 48);
        c2.StoreUnsafe(ref tile, 64);
        d2.StoreUnsafe(ref tile, 80);
        c3.StoreUnsafe(ref tile, 96);
        d3.StoreUnsafe(ref tile, 112);
        c4.StoreUnsafe(ref tile, 128);
        d4.StoreUnsafe(ref tile, 144);
        c5.StoreUnsafe(ref tile, 160);
        d5.StoreUnsafe(ref tile, 176);
        c6.StoreUnsafe(ref tile, 192);
        d6.StoreUnsafe(ref tile, 208);
        c7.StoreUnsafe(ref tile, 224);
        d7.StoreUnsafe(ref tile, 240);
    }

    /// <summary>With 256-bit vectors (sixteen registers): four corners of 4 × 16, one after the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void MultiplyAdd256(ref float a, ref float b, int depth, ref float tile, bool first)
    {
        for (var row = 0; row < Rows; row += 4)
        {
            for (var column = 0; column < Columns; column += 16)
            {
                Corner(ref Unsafe.Add(ref a, row), ref Unsafe.Add(ref b, column), depth, ref Unsafe.Add(ref tile, (row * Columns) + column), first);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Corner(ref float a, ref float b, int depth, ref float tile, bool first)
    {
        Vector256<float> c0 = default, d0 = default;
        Vector256<float> c1 = default, d1 = default;
        Vector256<float> c2 = default, d2 = default;
        Vector256<float> c3 = default, d3 = default;
        if (!first)
        {
            (c0, d0) = (Vector256.LoadUnsafe(ref tile, 0), Vector256.LoadUnsafe(ref tile, 8));
            (c1, d1) = (Vector256.LoadUnsafe(ref tile, 32), Vector256.LoadUnsafe(ref tile, 40));
            (c2, d2) = (Vector256.LoadUnsafe(ref tile, 64), Vector256.LoadUnsafe(ref tile, 72));
            (c3, d3) = (Vector256.LoadUnsafe(ref tile, 96), Vector256.LoadUnsafe(ref tile, 104));
        }

        for (var k = 0; k < depth; k++)
        {
            var left = Vector256.LoadUnsafe(ref b);
            var right = Vector256.LoadUnsafe(ref b, 8);
            var x = Vector256.Create(a);
            c0 = Vector256.FusedMultiplyAdd(x, left, c0);
            d0 = Vector256.FusedMultiplyAdd(x, right, d0);
            x = Vector256.Create(Unsafe.Add(ref a, 1));
            c1 = Vector256.FusedMultiplyAdd(x, left, c1);
            d1 = Vector256.FusedMultiplyAdd(x, right, d1);
            x = Vector256.Create(Unsafe.Add(ref a, 2));
            c2 = Vector256.FusedMultiplyAdd(x, left, c2);
            d2 = Vector256.FusedMultiplyAdd(x, right, d2);
            x = Vector256.Create(Unsafe.Add(ref a, 3));
            c3 = Vector256.FusedMultiplyAdd(x, left, c3);
            d3 = Vector256.FusedMultiplyAdd(x, right, d3);
            a = ref Unsafe.Add(ref a, Rows);
            b = ref Unsafe.Add(ref b, Columns);
        }

        c0.StoreUnsafe(ref tile, 0);
        d0.StoreUnsafe(ref tile, 8);
        c1.StoreUnsafe(ref tile, 32);
        d1.StoreUnsafe(ref tile, 40);
        c2.StoreUnsafe(ref tile, 64);
        d2.StoreUnsafe(ref tile, 72);
        c3.StoreUnsafe(ref tile, 96);
        d3.StoreUnsafe(ref tile, 104);
    }
}
