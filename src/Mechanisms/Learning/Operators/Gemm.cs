using System.Numerics.Tensors;
using Mechanisms.Learning.Numerics;

namespace Mechanisms.Learning.Operators;

/// <summary>A linear layer, y = α x W + β c with constant W and c. ONNX operators Gemm (versions 7 to 13) and MatMul with two axes.</summary>
internal sealed class Gemm : Operator
{
    private readonly Tensor weights;
    private readonly bool transposed;
    private readonly float alpha;
    private readonly float[] bias;

    private Gemm(Tensor weights, bool transposed, float alpha, float[] bias) =>
        (this.weights, this.transposed, this.alpha, this.bias) = (weights, transposed, alpha, bias);

    private int Depth => weights.Shape[transposed ? 1 : 0];

    private int Width => weights.Shape[transposed ? 0 : 1];

    public static Operator Read(NodeReader node)
    {
        var weights = node.Weight(1);
        if (weights.Shape.Rank != 2)
        {
            throw node.Refusal($"its weights have the shape {weights.Shape}; a matrix is supported.");
        }

        var gemm = node.Operator == "Gemm";
        if (gemm && node.Int("transA", 0, 0, 1) == 1)
        {
            throw node.Refusal("transA would mix the samples.");
        }

        var transposed = gemm && node.Int("transB", 0, 0, 1) == 1;
        return new Gemm(weights, transposed, gemm ? node.Float("alpha", 1) : 1, gemm ? Bias(node, weights.Shape[transposed ? 0 : 1]) : []) { Label = node.Label, Inputs = [node.Value(0)] };
    }

    public override Shape Infer(Shape[] inputs) =>
        inputs[0].Rank == 2 && inputs[0][1] == Depth ? Sized(inputs[0][0], Width) : throw Refusal($"the input {inputs[0]} does not fit weights that take rows of {Depth}.");

    public override long Scratch(Shape[] inputs) => PackedRows.PackedCount(inputs[0][0], Depth);

    public override long Operations(Shape[] inputs, Shape output) => output.Count * (long)Depth;

    public override void Run(Tensor[] inputs, Tensor output, int threads)
    {
        var rows = PackedRows.Of(inputs[0].Values, inputs[0].Shape[0], Depth, Depth, 1);
        var columns = transposed ? new MatrixColumns(weights.Data, Width, 1, Depth) : new MatrixColumns(weights.Data, Width, Width, 1);
        Numerics.Gemm.Multiply(rows, columns, new MatrixProducts(output.Data, Width, alpha == 1 ? bias : default), threads);
        if (alpha != 1)
        {
            TensorPrimitives.Multiply(output.Values, alpha, output.Values);
            for (var at = 0; at < output.Data.Length && bias.Length > 0; at += Width)
            {
                var row = output.Values.Slice(at, Width);
                TensorPrimitives.Add(row, bias, row);
            }
        }
    }

    private static float[] Bias(NodeReader node, int width)
    {
        var beta = node.Float("beta", 1);
        if (node.OptionalWeight(2) is not { } c)
        {
            return [];
        }

        var scalar = c.Shape.Count == 1;
        if (c.Shape.Rank > 2 || (!scalar && (c.Shape.Count != width || c.Shape[^1] != width)))
        {
            throw node.Refusal($"its third input has the shape {c.Shape}; one value for each of the {width} columns is supported.");
        }

        return [.. Enumerable.Range(0, width).Select(i => beta * c.Data[scalar ? 0 : i])];
    }
}
