using System.Collections.Immutable;
using System.Numerics.Tensors;
using Mechanisms.Learning.Numerics;
using Mechanisms.Learning.Onnx;

namespace Mechanisms.Learning.Training;

/// <summary>The larger of each element and 0.</summary>
internal sealed class ReluLayer(Shape shape, int batch) : Layer(shape, shape, batch)
{
    public override void Forward(float[] inputs, int samples, Step step) =>
        TensorPrimitives.Max(inputs.AsSpan(0, samples * Input.Count), 0f, Results);

    public override void Backward(float[] inputs, float[] gradients, int samples, Step step, bool first)
    {
        for (var i = 0; i < samples * Input.Count; i++)
        {
            InputGradients[i] = Results[i] > 0 ? gradients[i] : 0;
        }
    }

    public override string Export(string value, List<OnnxNode> nodes, Dictionary<string, Tensor> weights) => Export("Relu", value, nodes, weights);
}

/// <summary>A sample's elements as one row: nothing moves.</summary>
internal sealed class FlattenLayer(Shape shape) : Layer(shape, new Shape(shape.Count), 0)
{
    private float[] results = [];
    private float[] inputGradients = [];

    public override float[] Results => results;

    public override float[] InputGradients => inputGradients;

    public override void Forward(float[] inputs, int samples, Step step) => results = inputs;

    public override void Backward(float[] inputs, float[] gradients, int samples, Step step, bool first) => inputGradients = gradients;

    public override string Export(string value, List<OnnxNode> nodes, Dictionary<string, Tensor> weights) => Export("Flatten", value, nodes, weights);
}

/// <summary>Leaves elements out of a step. What is left out is a function of the seed, the step, the layer and the element.</summary>
internal sealed class DropoutLayer(Shape shape, float rate, int batch, uint purpose) : Layer(shape, shape, batch)
{
    private readonly float[] factors = new float[batch * shape.Count];

    public override void Forward(float[] inputs, int samples, Step step)
    {
        var count = samples * Input.Count;
        if (!step.Training)
        {
            inputs.AsSpan(0, count).CopyTo(Results);
            return;
        }

        var random = new RandomStream(step.Seed, purpose, step.Number);
        var dropped = (uint)(rate * 4294967296.0);
        var kept = (float)(1 / (1 - (double)rate));
        foreach (ref var factor in factors.AsSpan(0, count))
        {
            factor = random.Next() < dropped ? 0 : kept;
        }

        TensorPrimitives.Multiply(inputs.AsSpan(0, count), factors.AsSpan(0, count), Results);
    }

    public override void Backward(float[] inputs, float[] gradients, int samples, Step step, bool first)
    {
        var count = samples * Input.Count;
        TensorPrimitives.Multiply(gradients.AsSpan(0, count), factors.AsSpan(0, count), InputGradients);
    }
}

/// <summary>The largest element of squares that do not overlap; of equal ones the first.</summary>
internal sealed class MaxPoolLayer(Shape input, int size, int batch) : Layer(input, new Shape(input[0], input[1] / size, input[2] / size), batch)
{
    private readonly int[] sources = new int[batch * input[0] * (input[1] / size) * (input[2] / size)];

    public override void Forward(float[] inputs, int samples, Step step)
    {
        var (rows, columns) = (Output[1], Output[2]);
        var (inRows, inColumns) = (Input[1], Input[2]);
        var results = Results;
        Workers.For(samples * Input[0], (long)samples * Input.Count >> 15, step.Threads, plane =>
        {
            var to = plane * rows * columns;
            for (var y = 0; y < rows; y++)
            {
                for (var x = 0; x < columns; x++, to++)
                {
                    var best = (((plane * inRows) + (y * size)) * inColumns) + (x * size);
                    for (var (dy, corner) = (0, best); dy < size; dy++)
                    {
                        for (var dx = 0; dx < size; dx++)
                        {
                            var at = corner + (dy * inColumns) + dx;
                            best = inputs[at] > inputs[best] ? at : best;
                        }
                    }

                    sources[to] = best;
                    results[to] = inputs[best];
                }
            }
        });
    }

    public override void Backward(float[] inputs, float[] gradients, int samples, Step step, bool first)
    {
        InputGradients.AsSpan(0, samples * Input.Count).Clear();
        for (var i = 0; i < samples * Output.Count; i++)
        {
            InputGradients[sources[i]] = gradients[i];
        }
    }

    public override string Export(string value, List<OnnxNode> nodes, Dictionary<string, Tensor> weights) =>
        Export("MaxPool", value, nodes, weights, ("kernel_shape", ImmutableArray.Create<long>(size, size)), ("strides", ImmutableArray.Create<long>(size, size)));
}
