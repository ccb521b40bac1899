using System.Numerics.Tensors;

namespace Mechanisms.Learning.Operators;

/// <summary>The larger of each element and 0. ONNX operator Relu, versions 6 to 14.</summary>
internal sealed class Relu : Operator
{
    public static Operator Read(NodeReader node) => new Relu { Label = node.Label, Inputs = node.OnlyValue() };

    public override Shape Infer(Shape[] inputs) => inputs[0];

    public override void Run(Tensor[] inputs, Tensor output, int threads) => TensorPrimitives.Max(inputs[0].Values, 0f, output.Values);
}
