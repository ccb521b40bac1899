using System.Collections.Immutable;
using Mechanisms.Learning;
using Mechanisms.Learning.Onnx;

namespace Mechanisms.Tests.Learning;

/// <summary>Writes graphs node by node; each node takes the value before it unless told otherwise.</summary>
internal sealed class Graphs(Random random, params int?[] input)
{
    private readonly ImmutableArray<OnnxNode>.Builder nodes = ImmutableArray.CreateBuilder<OnnxNode>();
    private readonly Dictionary<string, Tensor> weights = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ImmutableArray<long>> integers = new(StringComparer.Ordinal);

    public int Opset { get; init; } = 13;

    public string Last { get; set; } = "x";

    public static Tensor Draw(Random random, params int[] extents)
    {
        var tensor = new Tensor(new Shape(extents));
        foreach (ref var value in tensor.Values)
        {
            value = (float)((random.NextDouble() * 2) - 1);
        }

        return tensor;
    }

    public Graphs Node(string type, string[]? inputs = null, params (string Name, object Value)[] attributes)
    {
        var output = $"v{nodes.Count}";
        nodes.Add(new OnnxNode(type, [.. inputs ?? [Last]], [output])
        {
            Name = $"{type}-{nodes.Count}",
            Attributes = attributes.ToImmutableDictionary(a => a.Name, a => a.Value is long[] list ? list.ToImmutableArray() : a.Value),
        });
        Last = output;
        return this;
    }

    /// <summary>Adds a weight and gives its name.</summary>
    public string Weight(params int[] extents) => Weight(Draw(random, extents));

    public string Weight(Tensor tensor)
    {
        var name = $"w{weights.Count}";
        weights.Add(name, tensor);
        return name;
    }

    public string Integers(params long[] values)
    {
        var name = $"i{integers.Count}";
        integers.Add(name, [.. values]);
        return name;
    }

    public Graphs Conv(int channels, int outChannels, int kernel, int pad = 0, int stride = 1) =>
        Node("Conv", [Last, Weight(outChannels, channels, kernel, kernel), Weight(outChannels)], ("pads", new long[] { pad, pad, pad, pad }), ("strides", new long[] { stride, stride }));

    public Graphs Dense(int inputs, int outputs) => Node("Gemm", [Last, Weight(outputs, inputs), Weight(outputs)], ("transB", 1L));

    public Graphs BatchNormalization(int channels)
    {
        var variance = Draw(random, channels);
        foreach (ref var value in variance.Values)
        {
            value = MathF.Abs(value) + 0.1f;
        }

        return Node("BatchNormalization", [Last, Weight(channels), Weight(channels), Weight(channels), Weight(variance)], ("epsilon", 0.001f));
    }

    public OnnxGraph Build() => new()
    {
        Opset = Opset,
        Input = new OnnxInput("x", [.. input]),
        Output = Last,
        Nodes = nodes.ToImmutable(),
        Weights = weights.ToImmutableDictionary(StringComparer.Ordinal),
        Integers = integers.ToImmutableDictionary(StringComparer.Ordinal),
    };
}
