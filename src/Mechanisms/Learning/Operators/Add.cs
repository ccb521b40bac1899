using System.Numerics.Tensors;

namespace Mechanisms.Learning.Operators;

/// <summary>Sums two tensors, the smaller repeated as NumPy does. ONNX operator Add, versions 7 to 14.</summary>
internal sealed class Add : Operator
{
    public static Operator Read(NodeReader node) =>
        node.InputCount == 2 ? new Add { Label = node.Label, Inputs = node.Values() } : throw node.Refusal($"it has {node.InputCount} inputs instead of two.");

    public override Shape Infer(Shape[] inputs)
    {
        var rank = Math.Max(inputs[0].Rank, inputs[1].Rank);
        var extents = new long[rank];
        for (var axis = 0; axis < rank; axis++)
        {
            var (left, right) = (Extent(inputs[0], axis, rank), Extent(inputs[1], axis, rank));
            extents[axis] = left == right || right == 1 ? left : left == 1 ? right : throw Refusal($"{inputs[0]} and {inputs[1]} cannot be added: axis {axis} has {left} and {right} elements.");
        }

        return Sized(extents);
    }

    public override void Run(Tensor[] inputs, Tensor output, int threads)
    {
        if (inputs[0].Shape.Equals(inputs[1].Shape))
        {
            TensorPrimitives.Add(inputs[0].Values, inputs[1].Values, output.Values);
            return;
        }

        var (left, right) = (Strides(inputs[0].Shape, output.Shape.Rank), Strides(inputs[1].Shape, output.Shape.Rank));
        var width = output.Shape[^1];
        Span<int> place = stackalloc int[output.Shape.Rank];
        for (var at = 0; at < output.Data.Length; at += width)
        {
            var (a, b) = (0, 0);
            for (var axis = 0; axis < place.Length - 1; axis++)
            {
                a += place[axis] * left[axis];
                b += place[axis] * right[axis];
            }

            Row(inputs[0].Values[a..], left[^1], inputs[1].Values[b..], right[^1], output.Values.Slice(at, width));
            for (var axis = place.Length - 2; axis >= 0 && ++place[axis] == output.Shape[axis]; axis--)
            {
                place[axis] = 0;
            }
        }
    }

    private static void Row(ReadOnlySpan<float> left, int leftStep, ReadOnlySpan<float> right, int rightStep, Span<float> sum)
    {
        if (leftStep == 0)
        {
            Row(right, rightStep, left, leftStep, sum);
        }
        else if (rightStep == 0)
        {
            TensorPrimitives.Add(left[..sum.Length], right[0], sum);
        }
        else
        {
            TensorPrimitives.Add(left[..sum.Length], right[..sum.Length], sum);
        }
    }

    private static int Extent(Shape shape, int axis, int rank) => axis < rank - shape.Rank ? 1 : shape[axis - rank + shape.Rank];

    /// <summary>Elements from one place to the next along each axis, 0 where the tensor is repeated.</summary>
    private static int[] Strides(Shape shape, int rank)
    {
        var strides = new int[rank];
        for (var axis = rank - 1; axis >= rank - shape.Rank; axis--)
        {
            var own = axis - rank + shape.Rank;
            strides[axis] = shape[own] == 1 ? 0 : shape.Product(own + 1, shape.Rank);
        }

        return strides;
    }
}
