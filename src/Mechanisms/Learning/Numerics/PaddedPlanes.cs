namespace Mechanisms.Learning.Numerics;

/// <summary>A copy of N × C × H × W images with a border of zeros, perhaps with zeros between the rows and columns too.</summary>
internal readonly struct PaddedPlanes
{
    /// <summary>Floats behind the last plane that may be read as part of a vector.</summary>
    public const int Slack = 32;

    private PaddedPlanes(float[] data, int channels, int height, int width) => (Data, Channels, Height, Width) = (data, channels, height, width);

    /// <summary>All planes, one after the other.</summary>
    public float[] Data { get; }

    /// <summary>Planes of a sample.</summary>
    public int Channels { get; }

    /// <summary>Rows of a plane with its border.</summary>
    public int Height { get; }

    /// <summary>Columns of a plane with its border.</summary>
    public int Width { get; }

    /// <summary>Floats that the copy takes.</summary>
    public static long SizeOf(long planes, long height, long width) => (planes * height * width) + Slack;

    /// <summary>Copies images into a new border.</summary>
    /// <param name="images">N × C × H × W values.</param>
    /// <param name="shape">N × C × H × W.</param>
    /// <param name="height">Rows with the border.</param>
    /// <param name="width">Columns with the border.</param>
    /// <param name="top">Rows of border above.</param>
    /// <param name="left">Columns of border before.</param>
    /// <param name="spreadHeight">From one row of the image to the next: 1, or more to leave rows of zeros between.</param>
    /// <param name="spreadWidth">From one column of the image to the next.</param>
    /// <param name="memory">Memory of at least <see cref="SizeOf"/> floats to use again, or null.</param>
    public static PaddedPlanes Of(ReadOnlySpan<float> images, Shape shape, int height, int width, int top, int left, int spreadHeight = 1, int spreadWidth = 1, float[]? memory = null)
    {
        var planes = shape[0] * shape[1];
        var size = checked((int)SizeOf(planes, height, width));
        var data = memory ?? new float[size];
        if (memory is not null)
        {
            memory.AsSpan(0, size).Clear();
        }

        var (rows, columns) = (shape[2], shape[3]);
        for (var plane = 0; plane < planes; plane++)
        {
            for (var row = 0; row < rows; row++)
            {
                var source = images.Slice(((plane * rows) + row) * columns, columns);
                var target = data.AsSpan((((plane * height) + top + (row * spreadHeight)) * width) + left);
                if (spreadWidth == 1)
                {
                    source.CopyTo(target);
                    continue;
                }

                for (var column = 0; column < columns; column++)
                {
                    target[column * spreadWidth] = source[column];
                }
            }
        }

        return new PaddedPlanes(data, shape[1], height, width);
    }
}
