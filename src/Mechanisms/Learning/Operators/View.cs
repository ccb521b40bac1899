using System.Collections.Immutable;

namespace Mechanisms.Learning.Operators;

/// <summary>
/// Operators that leave the elements as they are: Flatten (versions 1 to 25), Reshape (5 to 25), Identity, and Dropout
/// (7 to 22), which does nothing after training.
/// </summary>
internal sealed class View : Operator
{
    private readonly Func<View, Shape, Shape> infer;

    private View(Func<View, Shape, Shape> infer) => this.infer = infer;

    public override bool IsView => true;

    public static Operator ReadFlatten(NodeReader node)
    {
        var axis = node.Int("axis", 1);
        return new View((view, shape) => view.Flatten(shape, axis)) { Label = node.Label, Inputs = node.OnlyValue() };
    }

    public static Operator ReadReshape(NodeReader node)
    {
        var extents = node.IntegerInput(1);
        var copyZero = node.Int("allowzero", 0, 0, 1) == 0;
        return new View((view, shape) => view.Reshape(shape, extents, copyZero)) { Label = node.Label, Inputs = [node.Value(0)] };
    }

    public static Operator ReadIdentity(NodeReader node) => new View((_, shape) => shape) { Label = node.Label, Inputs = node.OnlyValue() };

    /// <summary>In place of an operator that another one has taken over.</summary>
    public static Operator InPlaceOf(Operator done) => new View((_, shape) => shape) { Label = done.Label, Inputs = done.Inputs };

    public static Operator ReadDropout(NodeReader node)
    {
        node.Ignore("ratio");
        node.Ignore("seed");
        return new View((_, shape) => shape) { Label = node.Label, Inputs = [node.Value(0)] };
    }

    public override Shape Infer(Shape[] inputs) => infer(this, inputs[0]);

    public override long Operations(Shape[] inputs, Shape output) => 0;

    public override void Run(Tensor[] inputs, Tensor output, int threads) => inputs[0].Values.CopyTo(output.Values);

    private Shape Flatten(Shape shape, int axis)
    {
        var at = axis < 0 ? axis + shape.Rank : axis;
        return at is 1 && shape.Rank >= 1 ? new Shape(shape[0], shape.Product(1, shape.Rank)) : throw Refusal($"axis {axis} of {shape}: axis 1 is supported, samples are kept apart.");
    }

    private Shape Reshape(Shape shape, ImmutableArray<long> extents, bool copyZero)
    {
        var wanted = $"{shape} cannot become [{string.Join(", ", extents.Take(16))}]";
        if (extents.Length is 0 or > 8 || extents.Count(extent => extent == -1) > 1)
        {
            throw Refusal(wanted);
        }

        var sizes = new long[extents.Length];
        long known = 1;
        for (var axis = 0; axis < sizes.Length; axis++)
        {
            sizes[axis] = extents[axis] == 0 && copyZero && axis < shape.Rank ? shape[axis] : extents[axis];
            if (sizes[axis] is not -1 and (< 1 or > int.MaxValue) || (known *= Math.Max(sizes[axis], 1)) > int.MaxValue)
            {
                throw Refusal(wanted);
            }
        }

        var open = Array.IndexOf(sizes, -1);
        if (open >= 0)
        {
            sizes[open] = shape.Count / known;
        }

        var result = Sized(sizes);
        return result.Count == shape.Count ? result : throw Refusal(wanted);
    }
}
