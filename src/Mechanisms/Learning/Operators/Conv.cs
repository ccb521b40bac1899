using System.Buffers;
using Mechanisms.Learning.Numerics;

namespace Mechanisms.Learning.Operators;

/// <summary>Conv over images, with groups, border, steps and dilation. ONNX operator Conv, versions 1, 11 and 22.</summary>
internal sealed class Conv : Operator
{
    private readonly WindowAttributes attributes;
    private readonly int groups;
    private readonly int channels;
    private readonly int outChannels;
    private readonly float[] bias;
    private readonly PackedRows[] kernels;

    private Conv(WindowAttributes attributes, int groups, Tensor weights, float[] bias)
    {
        this.attributes = attributes;
        this.groups = groups;
        this.bias = bias;
        outChannels = weights.Shape[0];
        channels = weights.Shape[1] * groups;
        var (rows, depth) = (outChannels / groups, weights.Shape.Product(1, 4));
        kernels = [.. Enumerable.Range(0, groups).Select(g => PackedRows.Of(weights.Values[(g * rows * depth)..], rows, depth, depth, 1))];
    }

    /// <summary>True if a Relu that follows is done here.</summary>
    public bool Rectifies { get; set; }

    public static Operator Read(NodeReader node)
    {
        var weights = node.Weight(1);
        if (weights.Shape.Rank != 4)
        {
            throw node.Refusal($"its weights have the shape {weights.Shape}; convolutions over images, O×C×H×W, are supported.");
        }

        var outChannels = weights.Shape[0];
        var groups = node.Int("group", 1, 1, outChannels);
        if (outChannels % groups != 0)
        {
            throw node.Refusal($"{outChannels} channels cannot be made by {groups} groups.");
        }

        var bias = node.OptionalWeight(2);
        if (bias is not null && !bias.Shape.Equals(new Shape(outChannels)))
        {
            throw node.Refusal($"its bias has the shape {bias.Shape} instead of {outChannels}.");
        }

        node.Charge(groups * PackedRows.PackedCount(outChannels / groups, weights.Shape.Product(1, 4)));
        var attributes = new WindowAttributes(node, (weights.Shape[2], weights.Shape[3]));
        return new Conv(attributes, groups, weights, bias?.Data ?? []) { Label = node.Label, Inputs = [node.Value(0)] };
    }

    public override Shape Infer(Shape[] inputs)
    {
        var input = Images(inputs[0]);
        if (input[1] != channels)
        {
            throw Refusal($"the input {input} has {input[1]} channels; its weights take {channels}.");
        }

        var window = attributes.For(input[2], input[3]);
        return Sized(input[0], outChannels, window.OutputHeight(input[2]), window.OutputWidth(input[3]));
    }

    public override long Scratch(Shape[] inputs)
    {
        var (input, window) = (inputs[0], attributes.For(inputs[0][2], inputs[0][3]));
        return PaddedPlanes.SizeOf((long)input[0] * input[1], (long)input[2] + window.Top + window.Bottom, (long)input[3] + window.Left + window.Right);
    }

    public override long Operations(Shape[] inputs, Shape output) => (long)output.Count * kernels[0].Depth;

    public override void Run(Tensor[] inputs, Tensor output, int threads)
    {
        var input = inputs[0].Shape;
        var window = attributes.For(input[2], input[3]);
        var (height, width) = (input[2] + window.Top + window.Bottom, input[3] + window.Left + window.Right);
        var size = (int)Scratch([input]);
        var memory = ArrayPool<float>.Shared.Rent(size);
        var padded = PaddedPlanes.Of(inputs[0].Values, input, height, width, window.Top, window.Left, memory: memory);
        var (places, strides) = ((output.Shape[2], output.Shape[3]), (window.StrideHeight, window.StrideWidth));
        for (var group = 0; group < groups; group++)
        {
            var taps = PatchColumns.Taps(height, width, group * channels / groups, channels / groups, (window.KernelHeight, window.KernelWidth), (window.DilationHeight, window.DilationWidth));
            var patches = new PatchColumns(padded, input[0], taps, places, strides);
            var products = new PlaneProducts(output.Data, outChannels, group * outChannels / groups, places.Item1 * places.Item2, bias, Rectifies);
            Numerics.Gemm.Multiply(kernels[group], patches, products, threads);
        }

        ArrayPool<float>.Shared.Return(memory);
    }
}
