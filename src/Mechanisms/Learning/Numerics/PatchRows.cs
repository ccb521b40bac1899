using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Mechanisms.Learning.Numerics;

/// <summary>
/// The patches of images as rows of a factor, for the kernels' gradients: the depth runs over the places, the columns over
/// a patch's elements. The transpose of <see cref="PatchColumns"/>.
/// </summary>
/// <param name="images">The images with their border.</param>
/// <param name="taps">Where a patch's values lie from its first corner.</param>
/// <param name="places">Rows and columns of places in one image.</param>
/// <param name="stride">Rows and columns of the image from one place to the next.</param>
internal readonly struct PatchRows(PaddedPlanes images, int[] taps, (int Height, int Width) places, int stride) : IColumns
{
    /// <inheritdoc/>
    public int Count => taps.Length;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Pack(int column, int count, int depth, int depths, Span<float> panel)
    {
        var (row, x) = Math.DivRem(depth, places.Width);
        var (sample, y) = Math.DivRem(row, places.Height);
        ref var target = ref MemoryMarshal.GetReference(panel);
        ref var source = ref MemoryMarshal.GetArrayDataReference(images.Data);
        ref var tap = ref taps[column];
        for (var k = 0; k < depths; k++)
        {
            ref var corner = ref Unsafe.Add(ref source, (((sample * images.Channels * images.Height) + (y * stride)) * images.Width) + (x * stride));
            for (var j = 0; j < count; j++)
            {
                Unsafe.Add(ref target, j) = Unsafe.Add(ref corner, Unsafe.Add(ref tap, j));
            }

            target = ref Unsafe.Add(ref target, Tile.Columns);
            if (++x == places.Width)
            {
                x = 0;
                if (++y == places.Height)
                {
                    y = 0;
                    sample++;
                }
            }
        }
    }
}
