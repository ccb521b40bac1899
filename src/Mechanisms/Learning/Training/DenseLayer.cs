using System.Collections.Immutable;
using System.Numerics.Tensors;
using Mechanisms.Learning.Numerics;
using Mechanisms.Learning.Onnx;

namespace Mechanisms.Learning.Training;

/// <summary>Y = X W + b, with W of inputs × outputs.</summary>
internal sealed class DenseLayer : Layer
{
    private readonly Parameter weights;
    private readonly Parameter bias;
    private float[]? rows;
    private float[]? columns;
    private float[]? gradientRows;

    public DenseLayer(Shape input, int units, int batch, RandomStream random)
        : base(input, new Shape(units), batch)
    {
        weights = new Parameter(new Shape(input[0], units));
        weights.Initialise(random, input[0]);
        bias = new Parameter(new Shape(units));
        Parameters = [weights, bias];
    }

    public override ImmutableArray<Parameter> Parameters { get; }

    public override void Forward(float[] inputs, int samples, Step step)
    {
        var (depth, units) = (Input[0], Output[0]);
        var packed = PackedRows.Of(inputs, samples, depth, depth, 1, rows);
        rows = packed.Data;
        Gemm.Multiply(packed, new MatrixColumns(weights.Values, units, units, 1), new MatrixProducts(Results, units, bias.Values), step.Threads);
    }

    public override void Backward(float[] inputs, float[] gradients, int samples, Step step, bool first)
    {
        var (depth, units) = (Input[0], Output[0]);
        // dW = Xᵀ dY
        var transposed = PackedRows.Of(inputs, depth, samples, 1, depth, columns);
        columns = transposed.Data;
        Gemm.Multiply(transposed, new MatrixColumns(gradients, units, units, 1), new MatrixProducts(weights.Gradients, units), step.Threads);
        bias.Gradients.AsSpan().Clear();
        for (var sample = 0; sample < samples; sample++)
        {
            TensorPrimitives.Add(bias.Gradients, gradients.AsSpan(sample * units, units), bias.Gradients);
        }

        if (!first)
        {
            // dX = dY Wᵀ
            var packed = PackedRows.Of(gradients, samples, units, units, 1, gradientRows);
            gradientRows = packed.Data;
            Gemm.Multiply(packed, new MatrixColumns(weights.Values, depth, 1, units), new MatrixProducts(InputGradients, depth), step.Threads);
        }
    }

    public override string Export(string value, List<OnnxNode> nodes, Dictionary<string, Tensor> weights) => Export("Gemm", value, nodes, weights);
}
