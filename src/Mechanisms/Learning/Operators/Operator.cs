using Mechanisms.Learning.Onnx;

namespace Mechanisms.Learning.Operators;

/// <summary>
/// One operator of a network, its weights and settings read and checked. The outermost axis of everything that it
/// takes and gives counts samples, and no sample's result depends on another sample.
/// </summary>
internal abstract class Operator
{
    /// <summary>How messages speak of the node.</summary>
    public required string Label { get; init; }

    /// <summary>The values that it takes at each run.</summary>
    public required string[] Inputs { get; init; }

    /// <summary>True if the result is the first input's elements under another shape.</summary>
    public virtual bool IsView => false;

    /// <summary>The shape of the result.</summary>
    /// <exception cref="OnnxException">The inputs' shapes do not fit the operator.</exception>
    public abstract Shape Infer(Shape[] inputs);

    /// <summary>Floats of working memory beside the result.</summary>
    public virtual long Scratch(Shape[] inputs) => 0;

    /// <summary>Multiply-adds, additions or comparisons of one run.</summary>
    public virtual long Operations(Shape[] inputs, Shape output) => output.Count;

    /// <summary>Computes the result into memory that is already there.</summary>
    public abstract void Run(Tensor[] inputs, Tensor output, int threads);

    /// <summary>An exception that names the node.</summary>
    protected OnnxException Refusal(string reason) => new($"{Label}: {reason}");

    /// <summary>The shape of N × C × H × W input, or an exception.</summary>
    protected Shape Images(Shape shape) =>
        shape.Rank == 4 ? shape : throw Refusal($"the input has the shape {shape}; images of N×C×H×W are supported.");

    /// <summary>A shape whose size is checked before it is made.</summary>
    protected Shape Sized(params ReadOnlySpan<long> extents)
    {
        var sizes = new int[extents.Length];
        long count = 1;
        for (var axis = 0; axis < extents.Length; axis++)
        {
            if (extents[axis] is < 1 or > int.MaxValue || (count *= extents[axis]) > int.MaxValue)
            {
                throw Refusal($"the result would have the shape {string.Join('×', extents.ToArray())}; every extent must be positive and the whole at most {int.MaxValue}.");
            }

            sizes[axis] = (int)extents[axis];
        }

        return new Shape(sizes);
    }
}
