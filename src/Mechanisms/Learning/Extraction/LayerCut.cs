using System.Collections.Immutable;
using Mechanisms.Learning.Onnx;

namespace Mechanisms.Learning.Extraction;

/// <summary>
/// Cuts a pre-trained model M_init after its first K trainable layers (Li et al., §3.1.1): what providers run, the
/// non-linearity that the collector applies afterwards, and what the collector trains. Trainable layers are the nodes
/// Conv, Gemm and MatMul with constant weights, counted from 1 in the graph's order.
/// </summary>
/// <remarks>
/// A piece holds only the weights that it uses, so the published one gives away nothing of the rest. Extents of the
/// model's input must be known, except how many samples there are.
/// </remarks>
public static class LayerCut
{
    private static readonly ImmutableHashSet<string> Trainable = ["Conv", "Gemm", "MatMul"];

    /// <summary>How many trainable layers a model has.</summary>
    public static int CountLayers(OnnxGraph graph) => Layers(graph).Count;

    /// <summary>The first K layers. The output is the linear output of layer K, so that an obfuscation of it can be undone.</summary>
    /// <param name="graph">The model.</param>
    /// <param name="layers">K, from 1 to <see cref="CountLayers"/>.</param>
    /// <exception cref="OnnxException">The model has no such layer.</exception>
    public static OnnxGraph Extractor(OnnxGraph graph, int layers)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return Between(graph, graph.Input, Layer(graph, layers).Outputs[0]);
    }

    /// <summary>f_actv of Eq. 3: everything between layer K's linear output and what layer K + 1, or the model's end, takes.</summary>
    /// <inheritdoc cref="Extractor"/>
    /// <exception cref="OnnxException">The model has no such layer, or a shortcut leads past it.</exception>
    public static OnnxGraph Activation(OnnxGraph graph, int layers)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return Between(graph, Value(graph, Layer(graph, layers).Outputs[0]), End(graph, layers));
    }

    /// <summary>The trainable layers after K: they take what <see cref="Activation"/> gives.</summary>
    /// <inheritdoc cref="Activation"/>
    public static OnnxGraph Head(OnnxGraph graph, int layers)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return Between(graph, Value(graph, End(graph, layers)), graph.Output);
    }

    private static List<OnnxNode> Layers(OnnxGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return [.. graph.Nodes.Where(node => Trainable.Contains(node.Operator) && node.Inputs.Length > 1 && graph.Weights.ContainsKey(node.Inputs[1]))];
    }

    private static OnnxNode Layer(OnnxGraph graph, int number)
    {
        var layers = Layers(graph);
        return number >= 1 && number <= layers.Count
            ? layers[number - 1]
            : throw new OnnxException($"The model cannot be cut after layer {number}: it has {layers.Count} trainable layers (Conv, Gemm, MatMul).");
    }

    private static string End(OnnxGraph graph, int layers)
    {
        Layer(graph, layers);
        var all = Layers(graph);
        return layers < all.Count ? all[layers].Inputs[0] : graph.Output;
    }

    /// <summary>A value inside of a graph as an input, with its extents for one sample.</summary>
    private static OnnxInput Value(OnnxGraph graph, string name)
    {
        if (graph.Input.Extents.Skip(1).Any(extent => extent is null))
        {
            throw new OnnxException($"The input {OnnxException.Quote(graph.Input.Name)} has extents that are open; fix all but the number of samples before cutting the model.");
        }

        var network = Network.Create(graph with { Output = name }, new OnnxLimits());
        var shape = network.OutputShape(new Shape([graph.Input.Extents[0] ?? 1, .. graph.Input.Extents.Skip(1).Select(extent => extent!.Value)]));
        return new OnnxInput(name, [graph.Input.Extents[0], .. shape.Extents.Skip(1).Select(extent => (int?)extent)]);
    }

    private static OnnxGraph Between(OnnxGraph graph, OnnxInput input, string output)
    {
        var makers = graph.Nodes.SelectMany(node => node.Outputs.Select(name => (name, node))).ToDictionary(made => made.name, made => made.node, StringComparer.Ordinal);
        var needed = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>([output]);
        while (open.TryPop(out var name))
        {
            if (name.Length == 0 || string.Equals(name, input.Name, StringComparison.Ordinal) || !needed.Add(name))
            {
                continue;
            }

            if (makers.TryGetValue(name, out var maker))
            {
                foreach (var taken in maker.Inputs)
                {
                    open.Push(taken);
                }
            }
            else if (string.Equals(name, graph.Input.Name, StringComparison.Ordinal))
            {
                throw new OnnxException($"The model cannot be cut at {OnnxException.Quote(input.Name)}: another way leads past it to {OnnxException.Quote(output)}. Choose a layer that everything goes through.");
            }
        }

        var nodes = graph.Nodes.Where(node => node.Outputs.Any(needed.Contains)).ToImmutableArray();
        var empty = string.Equals(output, input.Name, StringComparison.Ordinal);
        return graph with
        {
            Input = input,
            Output = empty ? $"{output}.same" : output,
            Nodes = empty ? [new OnnxNode("Identity", [output], [$"{output}.same"])] : nodes,
            Weights = graph.Weights.Where(weight => needed.Contains(weight.Key)).ToImmutableDictionary(StringComparer.Ordinal),
            Integers = graph.Integers.Where(list => needed.Contains(list.Key)).ToImmutableDictionary(StringComparer.Ordinal),
        };
    }
}
