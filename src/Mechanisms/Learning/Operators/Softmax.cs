using System.Numerics.Tensors;

namespace Mechanisms.Learning.Operators;

/// <summary>Elements along an axis as probabilities. ONNX operator Softmax; before version 13 over all axes from the given one on.</summary>
internal sealed class Softmax : Operator
{
    private readonly int axis;
    private readonly bool flatten;

    private Softmax(int axis, bool flatten) => (this.axis, this.flatten) = (axis, flatten);

    public static Operator Read(NodeReader node)
    {
        var flatten = node.Opset < 13;
        return new Softmax(node.Int("axis", flatten ? 1 : -1), flatten) { Label = node.Label, Inputs = node.OnlyValue() };
    }

    public override Shape Infer(Shape[] inputs)
    {
        var at = axis < 0 ? axis + inputs[0].Rank : axis;
        return at >= 1 && at < inputs[0].Rank && (flatten || at == inputs[0].Rank - 1)
            ? inputs[0]
            : throw Refusal($"axis {axis} of {inputs[0]}: the last axis is supported, samples are kept apart.");
    }

    public override void Run(Tensor[] inputs, Tensor output, int threads)
    {
        var rank = output.Shape.Rank;
        var length = output.Shape.Product(flatten ? (axis < 0 ? axis + rank : axis) : rank - 1, rank);
        for (var at = 0; at < output.Data.Length; at += length)
        {
            var row = output.Values.Slice(at, length);
            TensorPrimitives.Subtract(inputs[0].Values.Slice(at, length), TensorPrimitives.Max(inputs[0].Values.Slice(at, length)), row);
            var sum = 0.0;
            for (var i = 0; i < length; i++)
            {
                row[i] = (float)Exponential.Of(row[i]);
                sum += row[i];
            }

            TensorPrimitives.Divide(row, (float)sum, row);
        }
    }
}
