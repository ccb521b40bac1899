namespace Mechanisms.Learning;

/// <summary>A row-major block of 32-bit floats with a shape.</summary>
public sealed class Tensor
{
    /// <summary>A tensor over an array that the caller hands over: it is used, not copied.</summary>
    /// <param name="shape">The extents.</param>
    /// <param name="data">As many values as the shape has elements, the last axis contiguous.</param>
    /// <exception cref="ArgumentException">The array's length is not the shape's count.</exception>
    public Tensor(Shape shape, float[] data)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(data);
        if (data.Length != shape.Count)
        {
            throw new ArgumentException($"{data.Length} values do not fill a tensor of {shape}, which has {shape.Count}.", nameof(data));
        }

        Shape = shape;
        Data = data;
    }

    /// <summary>A tensor of zeros.</summary>
    public Tensor(Shape shape)
        : this(shape, new float[(shape ?? throw new ArgumentNullException(nameof(shape))).Count])
    {
    }

    /// <summary>The extents.</summary>
    public Shape Shape { get; }

    /// <summary>The elements, row-major.</summary>
    public Span<float> Values => Data;

    /// <summary>The array itself, for code that runs on several threads.</summary>
    internal float[] Data { get; }

    /// <summary>The same elements under another shape of the same count.</summary>
    /// <exception cref="ArgumentException">The counts differ.</exception>
    public Tensor Reshape(Shape shape) => new(shape, Data);

    /// <summary>A copy of some of the samples along the outermost axis.</summary>
    /// <param name="start">The first sample, from 0.</param>
    /// <param name="count">How many.</param>
    public Tensor Slice(int start, int count)
    {
        var stride = Shape[0] == 0 ? 0 : Shape.Count / Shape[0];
        return new Tensor(Shape.WithFirst(count), Data.AsSpan(start * stride, count * stride).ToArray());
    }
}
