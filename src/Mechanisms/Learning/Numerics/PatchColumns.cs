using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Mechanisms.Learning.Numerics;

/// <summary>
/// The patches of images that a kernel meets, as columns of a factor: a convolution is the product of the kernels and
/// these. They are never laid out as a whole; the product asks for 32 at a time.
/// </summary>
/// <remarks>Column order: sample, row, column of the place. Depth order: channel, kernel row, kernel column.</remarks>
internal readonly struct PatchColumns : IColumns
{
    private readonly PaddedPlanes images;
    private readonly int[] taps;
    private readonly int outHeight;
    private readonly int outWidth;
    private readonly int strideHeight;
    private readonly int strideWidth;

    /// <summary>Patches of some channels of padded images.</summary>
    /// <param name="images">The images with their border.</param>
    /// <param name="samples">How many images.</param>
    /// <param name="taps">Where a patch's values lie from its first corner in channel 0: see <see cref="Taps"/>.</param>
    /// <param name="places">Rows and columns of places in one image.</param>
    /// <param name="strides">Rows and columns of the image from one place to the next.</param>
    public PatchColumns(PaddedPlanes images, int samples, int[] taps, (int Height, int Width) places, (int Height, int Width) strides)
    {
        this.images = images;
        this.taps = taps;
        (outHeight, outWidth) = places;
        (strideHeight, strideWidth) = strides;
        Count = samples * outHeight * outWidth;
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <summary>The distances of a kernel's elements from its corner, in depth order.</summary>
    /// <param name="planeHeight">Rows of a padded plane.</param>
    /// <param name="planeWidth">Columns of a padded plane.</param>
    /// <param name="firstChannel">The first channel that the kernel reads.</param>
    /// <param name="channels">How many channels it reads.</param>
    /// <param name="kernel">Rows and columns of the kernel.</param>
    /// <param name="dilations">Rows and columns from one element to the next.</param>
    public static int[] Taps(int planeHeight, int planeWidth, int firstChannel, int channels, (int Height, int Width) kernel, (int Height, int Width) dilations)
    {
        var taps = new int[channels * kernel.Height * kernel.Width];
        var next = 0;
        for (var channel = firstChannel; channel < firstChannel + channels; channel++)
        {
            for (var y = 0; y < kernel.Height; y++)
            {
                for (var x = 0; x < kernel.Width; x++)
                {
                    taps[next++] = (((channel * planeHeight) + (y * dilations.Height)) * planeWidth) + (x * dilations.Width);
                }
            }
        }

        return taps;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Pack(int column, int count, int depth, int depths, Span<float> panel)
    {
        Span<int> corners = stackalloc int[Tile.Columns];
        Span<int> starts = stackalloc int[Tile.Columns];
        var runs = 0;
        for (var j = 0; j < count;)
        {
            var (row, x) = Math.DivRem(column + j, outWidth);
            var (sample, y) = Math.DivRem(row, outHeight);
            starts[runs] = j;
            corners[runs++] = (((sample * images.Channels * images.Height) + (y * strideHeight)) * images.Width) + (x * strideWidth);
            j += strideWidth == 1 ? Math.Min(outWidth - x, count - j) : 1;
        }

        if (strideWidth == 1)
        {
            PackRuns(starts[..runs], corners, count, taps.AsSpan(depth, depths), panel);
        }
        else
        {
            PackSingles(corners[..count], taps.AsSpan(depth, depths), panel);
        }
    }

    /// <summary>
    /// Copies runs of neighbouring values as whole vectors. What a run's last vector brings too much is overwritten by
    /// the next run or depth, or lies in a column that does not count; the planes and the panel have room for it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PackRuns(ReadOnlySpan<int> starts, ReadOnlySpan<int> corners, int count, ReadOnlySpan<int> offsets, Span<float> panel)
    {
        ref var source = ref MemoryMarshal.GetArrayDataReference(images.Data);
        ref var target = ref MemoryMarshal.GetReference(panel);
        foreach (var offset in offsets)
        {
            for (var run = 0; run < starts.Length; run++)
            {
                var end = run + 1 < starts.Length ? starts[run + 1] : count;
                ref var from = ref Unsafe.Add(ref source, corners[run] + offset);
                for (var j = starts[run]; j < end; j += Vector512<float>.Count)
                {
                    Vector512.LoadUnsafe(ref from).StoreUnsafe(ref Unsafe.Add(ref target, j));
                    from = ref Unsafe.Add(ref from, Vector512<float>.Count);
                }
            }

            target = ref Unsafe.Add(ref target, Tile.Columns);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PackSingles(ReadOnlySpan<int> corners, ReadOnlySpan<int> offsets, Span<float> panel)
    {
        ref var source = ref MemoryMarshal.GetArrayDataReference(images.Data);
        ref var target = ref MemoryMarshal.GetReference(panel);
        foreach (var offset in offsets)
        {
            for (var j = 0; j < corners.Length; j++)
            {
                Unsafe.Add(ref target, j) = Unsafe.Add(ref source, corners[j] + offset);
            }

            target = ref Unsafe.Add(ref target, Tile.Columns);
        }
    }
}
