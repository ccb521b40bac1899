using System.Collections.Immutable;
using Mechanisms.Learning.Onnx;

namespace Mechanisms.Learning.Training;

/// <summary>A layer that a pre-trained head has, with its weights if it has any.</summary>
/// <param name="Spec">What the layer is.</param>
/// <param name="Weights">As the layer keeps them: inputs × outputs for Dense.</param>
/// <param name="Bias">One value for each output.</param>
internal sealed record PretrainedLayer(LayerSpec Spec, float[]? Weights = null, float[]? Bias = null);

/// <summary>Reads a graph whose nodes stand in one row as layers that can be trained.</summary>
internal static class HeadReader
{
    /// <summary>The layers in order.</summary>
    /// <exception cref="TrainingException">A node does not take the one before it, or cannot be trained.</exception>
    public static ImmutableArray<PretrainedLayer> Read(OnnxGraph head)
    {
        var layers = ImmutableArray.CreateBuilder<PretrainedLayer>();
        var value = head.Input.Name;
        foreach (var node in head.Nodes)
        {
            if (node.Inputs.Length == 0 || !string.Equals(node.Inputs[0], value, StringComparison.Ordinal) || node.Outputs.Length == 0)
            {
                throw Refusal(node, "it does not take the result of the node before it: layers that branch cannot be trained");
            }

            value = node.Outputs[0];
            var last = string.Equals(value, head.Output, StringComparison.Ordinal);
            switch (node.Operator)
            {
                case "Gemm" or "MatMul":
                    layers.Add(Dense(head, node));
                    break;
                case "Conv":
                    layers.Add(Conv(head, node));
                    break;
                case "Relu":
                    layers.Add(new PretrainedLayer(new LayerSpec.Relu()));
                    break;
                case "MaxPool" when Square(node, "kernel_shape", -1) is var size && size > 0 && Square(node, "strides", 1) == size && Square(node, "pads", 0) == 0 && Square(node, "dilations", 1) == 1 && Int(node, "ceil_mode", 0) == 0 && IsExplicit(node):
                    layers.Add(new PretrainedLayer(new LayerSpec.MaxPool(size)));
                    break;
                case "Flatten" when Int(node, "axis", 1) == 1:
                    layers.Add(new PretrainedLayer(new LayerSpec.Flatten()));
                    break;
                case "Dropout" or "Identity":
                case "Softmax" when last:
                    break;
                default:
                    throw Refusal(node, "it cannot be trained with these settings. Convolutions and pools must be square, pools without overlap");
            }
        }

        return layers.ToImmutable();
    }

    private static PretrainedLayer Dense(OnnxGraph head, OnnxNode node)
    {
        var weights = Weight(head, node, 1);
        if (weights is not { Shape.Rank: 2 } || Float(node, "alpha") != 1 || Float(node, "beta") != 1 || Int(node, "transA", 0) != 0)
        {
            throw Refusal(node, "its weights must be a constant matrix, with alpha and beta 1 and transA 0");
        }

        if (Int(node, "transB", 0) == 0)
        {
            return new PretrainedLayer(new LayerSpec.Dense(weights.Shape[1]), weights.Data, Bias(head, node, weights.Shape[1]));
        }

        var (outputs, inputs) = (weights.Shape[0], weights.Shape[1]);
        var turned = new float[weights.Shape.Count];
        for (var i = 0; i < turned.Length; i++)
        {
            turned[i] = weights.Data[(i % outputs * inputs) + (i / outputs)];
        }

        return new PretrainedLayer(new LayerSpec.Dense(outputs), turned, Bias(head, node, outputs));
    }

    private static PretrainedLayer Conv(OnnxGraph head, OnnxNode node)
    {
        var weights = Weight(head, node, 1);
        var (stride, padding) = (Square(node, "strides", 1), Square(node, "pads", 0));
        if (weights is not { Shape.Rank: 4 } || weights.Shape[2] != weights.Shape[3] || stride < 1 || padding < 0 || Square(node, "dilations", 1) != 1 || Int(node, "group", 1) != 1 || !IsExplicit(node))
        {
            throw Refusal(node, "its kernel must be constant and square, with equal strides and pads, one group and no dilation");
        }

        return new PretrainedLayer(new LayerSpec.Conv2D(weights.Shape[0], weights.Shape[2], stride, padding), weights.Data, Bias(head, node, weights.Shape[0]));
    }

    private static float[] Bias(OnnxGraph head, OnnxNode node, int outputs)
    {
        if (node.Inputs.Length < 3 || node.Inputs[2].Length == 0)
        {
            return new float[outputs];
        }

        return Weight(head, node, 2) is { } bias && bias.Shape.Count == outputs ? bias.Data : throw Refusal(node, $"its bias must be {outputs} constants");
    }

    private static Tensor? Weight(OnnxGraph head, OnnxNode node, int input) => node.Inputs.Length > input ? head.Weights.GetValueOrDefault(node.Inputs[input]) : null;

    private static bool IsExplicit(OnnxNode node) => node.Attributes.GetValueOrDefault("auto_pad", "NOTSET") is "NOTSET" or "VALID";

    private static float Float(OnnxNode node, string name) => node.Attributes.GetValueOrDefault(name, 1f) is float value ? value : float.NaN;

    private static long Int(OnnxNode node, string name, long otherwise) => node.Attributes.GetValueOrDefault(name, otherwise) is long value ? value : long.MinValue;

    /// <summary>The number that all of a list are, or −1.</summary>
    private static int Square(OnnxNode node, string name, int otherwise) =>
        !node.Attributes.TryGetValue(name, out var value) ? otherwise
        : value is ImmutableArray<long> { Length: > 0 } list && list.All(v => v == list[0] && v is >= 0 and <= 65_536) ? (int)list[0] : -1;

    private static TrainingException Refusal(OnnxNode node, string reason) => new($"{node.Label}: {reason}.");
}
