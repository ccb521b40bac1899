using System.Collections.Immutable;
using Mechanisms.Learning.Numerics;
using Mechanisms.Learning.Onnx;

namespace Mechanisms.Learning.Training;

/// <summary>A convolution of images with a square kernel, as products: of the kernels with the patches, and back.</summary>
internal sealed class ConvLayer : Layer
{
    private readonly Parameter weights;
    private readonly Parameter bias;
    private readonly int kernel;
    private readonly int stride;
    private readonly int padding;
    private readonly float[] turned;
    private readonly float[] padded;
    private readonly float[] spread;
    private PaddedPlanes images;
    private float[]? kernelRows;
    private float[]? turnedRows;
    private float[]? gradientRows;

    public ConvLayer(Shape input, LayerSpec.Conv2D spec, int batch, RandomStream random)
        : base(input, OutputOf(input, spec), batch)
    {
        (kernel, stride, padding) = (spec.Kernel, spec.Stride, spec.Padding);
        weights = new Parameter(new Shape(spec.Channels, input[0], kernel, kernel));
        weights.Initialise(random, input[0] * kernel * kernel);
        bias = new Parameter(new Shape(spec.Channels));
        turned = new float[weights.Shape.Count];
        padded = new float[checked((int)PaddedPlanes.SizeOf((long)batch * input[0], input[1] + (2 * padding), input[2] + (2 * padding)))];
        spread = new float[checked((int)PaddedPlanes.SizeOf((long)batch * spec.Channels, input[1] + kernel - 1, input[2] + kernel - 1))];
        Parameters = [weights, bias];
    }

    public override ImmutableArray<Parameter> Parameters { get; }

    private int Depth => Input[0] * kernel * kernel;

    private int Plane => Output[1] * Output[2];

    public override void Forward(float[] inputs, int samples, Step step)
    {
        var (height, width) = (Input[1] + (2 * padding), Input[2] + (2 * padding));
        images = PaddedPlanes.Of(inputs, Batch(samples, Input), height, width, padding, padding, memory: padded);
        var packed = PackedRows.Of(weights.Values, Output[0], Depth, Depth, 1, kernelRows);
        kernelRows = packed.Data;
        var patches = new PatchColumns(images, samples, Taps(height, width, Input[0]), (Output[1], Output[2]), (stride, stride));
        Gemm.Multiply(packed, patches, new PlaneProducts(Results, Output[0], 0, Plane, bias.Values), step.Threads);
    }

    public override void Backward(float[] inputs, float[] gradients, int samples, Step step, bool first)
    {
        var packed = PackedRows.OfPlanes(gradients, samples, Output[0], Plane, gradientRows);
        gradientRows = packed.Data;
        var patches = new PatchRows(images, Taps(images.Height, images.Width, Input[0]), (Output[1], Output[2]), stride);
        Gemm.Multiply(packed, patches, new MatrixProducts(weights.Gradients, Depth), step.Threads);
        for (var channel = 0; channel < Output[0]; channel++)
        {
            var sum = 0.0;
            for (var sample = 0; sample < samples; sample++)
            {
                foreach (var value in gradients.AsSpan(((sample * Output[0]) + channel) * Plane, Plane))
                {
                    sum += value;
                }
            }

            bias.Gradients[channel] = (float)sum;
        }

        if (!first)
        {
            InputsBackward(gradients, samples, step);
        }
    }

    public override string Export(string value, List<OnnxNode> nodes, Dictionary<string, Tensor> weights) =>
        Export("Conv", value, nodes, weights, ("pads", ImmutableArray.Create<long>(padding, padding, padding, padding)), ("strides", ImmutableArray.Create<long>(stride, stride)));

    /// <summary>The gradients, spread to the forward pass's steps and with a border, convolved with the kernels turned by 180°.</summary>
    private void InputsBackward(float[] gradients, int samples, Step step)
    {
        var (height, width) = (Input[1] + kernel - 1, Input[2] + kernel - 1);
        var border = kernel - 1 - padding;
        var planes = PaddedPlanes.Of(gradients, Batch(samples, Output), height, width, border, border, stride, stride, spread);
        var size = kernel * kernel;
        for (var output = 0; output < Output[0]; output++)
        {
            for (var input = 0; input < Input[0]; input++)
            {
                var target = turned.AsSpan(((input * Output[0]) + output) * size, size);
                weights.Values.AsSpan(((output * Input[0]) + input) * size, size).CopyTo(target);
                target.Reverse();
            }
        }

        var packed = PackedRows.Of(turned, Input[0], Output[0] * size, Output[0] * size, 1, turnedRows);
        turnedRows = packed.Data;
        var patches = new PatchColumns(planes, samples, Taps(height, width, Output[0]), (Input[1], Input[2]), (1, 1));
        Gemm.Multiply(packed, patches, new PlaneProducts(InputGradients, Input[0], 0, Input[1] * Input[2]), step.Threads);
    }

    private int[] Taps(int height, int width, int channels) => PatchColumns.Taps(height, width, 0, channels, (kernel, kernel), (1, 1));

    private static Shape Batch(int samples, Shape shape) => new(samples, shape[0], shape[1], shape[2]);

    private static Shape OutputOf(Shape input, LayerSpec.Conv2D spec) =>
        new(spec.Channels, ((input[1] + (2 * spec.Padding) - spec.Kernel) / spec.Stride) + 1, ((input[2] + (2 * spec.Padding) - spec.Kernel) / spec.Stride) + 1);
}
