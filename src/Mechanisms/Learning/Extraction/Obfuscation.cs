using System.Collections.Immutable;
using Mechanisms.Learning.Onnx;

namespace Mechanisms.Learning.Extraction;

/// <summary>
/// Hides the last linear layer of a feature extractor, Ŵ = W·δ + σ (Li et al., Eq. 1), and undoes it on features.
/// </summary>
/// <remarks>
/// <para>
/// Eq. 1 adds σ to every weight, so a feature becomes B̂ = Ŵ f(x) = δ·W f(x) + σ·Σf(x), where Σf(x) adds up the inputs
/// that the weights of that feature meet (of a convolution: the patch under the kernel). The paper's Eq. 3 subtracts σ
/// alone, which would be right only if σ were added to the output. Here Eq. 1 is kept to the letter, and the published
/// layer gets one more output whose weights are all 1: it gives Σf(x), with which the collector computes
/// B = (B̂ − σ·Σf(x)) / δ. That is exact up to rounding, and the additional weights say nothing about δ and σ. A
/// convolution in groups gets one such output at the end of each group.
/// </para>
/// <para>
/// The bias is no weight that meets an input: it is multiplied with δ only, and comes back unchanged. The coefficients
/// make a published model useless as it is; whoever knows two of its original weights can compute them.
/// </para>
/// </remarks>
public static class Obfuscation
{
    /// <summary>The extractor to publish.</summary>
    /// <param name="extractor">Ends in a linear layer, as <see cref="LayerCut.Extractor"/> makes it.</param>
    /// <param name="key">δ and σ.</param>
    /// <exception cref="OnnxException">The graph does not end in a Conv, Gemm or MatMul with constant weights.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A coefficient is not finite, or δ is 0.</exception>
    public static OnnxGraph Apply(OnnxGraph extractor, ObfuscationKey key)
    {
        CheckKey(key);
        var layer = LastLayer(extractor);
        var weights = extractor.Weights[layer.Inputs[1]];
        var conv = layer.Operator == "Conv";
        var transposed = layer.Operator == "Gemm" && Attribute(layer, "transB", 0L) == 1;
        // Outputs × weights of an output, whatever way the matrix lies.
        var (outputs, inputs) = conv || transposed ? (weights.Shape[0], weights.Shape.Count / weights.Shape[0]) : (weights.Shape[1], weights.Shape[0]);
        var groups = Groups(extractor);
        var (alpha, beta) = layer.Operator == "Gemm" ? (Attribute(layer, "alpha", 1f), Attribute(layer, "beta", 1f)) : (1f, 1f);
        var bias = layer.Inputs.Length > 2 && layer.Inputs[2].Length > 0 ? extractor.Weights[layer.Inputs[2]] : null;

        var size = outputs / groups;
        var total = outputs + groups;
        var hidden = new float[total * inputs];
        var shifts = new float[total];
        for (var output = 0; output < total; output++)
        {
            var (group, index) = Math.DivRem(output, size + 1);
            var original = index < size ? (group * size) + index : -1;
            for (var input = 0; input < inputs; input++)
            {
                var to = conv || transposed ? (output * inputs) + input : (input * total) + output;
                var from = conv || transposed ? (original * inputs) + input : (input * outputs) + original;
                hidden[to] = original < 0 ? 1 : (float)(((double)weights.Data[from] * alpha * key.Delta) + key.Sigma);
            }

            shifts[output] = original < 0 || bias is null ? 0 : (float)((double)bias.Data[bias.Data.Length == 1 ? 0 : original] * beta * key.Delta);
        }

        var shape = conv ? weights.Shape.WithFirst(total) : transposed ? new Shape(total, inputs) : new Shape(inputs, total);
        return Replace(extractor, layer, new Tensor(shape, hidden), bias is null ? null : new Tensor(new Shape(total), shifts));
    }

    /// <summary>How many outputs with Σf(x) an extractor gets: the groups of its last layer.</summary>
    public static int Groups(OnnxGraph extractor)
    {
        var layer = LastLayer(extractor);
        var groups = layer.Operator == "Conv" ? Attribute(layer, "group", 1L) : 1;
        return groups >= 1 && groups <= int.MaxValue && extractor.Weights[layer.Inputs[1]].Shape[0] % groups == 0 ? (int)groups : throw new OnnxException($"{layer.Label}: its weights do not fit {groups} groups.");
    }

    /// <summary>The weights that are obfuscated.</summary>
    public static Tensor LastWeights(OnnxGraph extractor) => extractor?.Weights[LastLayer(extractor).Inputs[1]] ?? throw new ArgumentNullException(nameof(extractor));

    /// <summary>B = (B̂ − σ·Σf(x)) / δ: the features of the plain extractor from those of the obfuscated one.</summary>
    /// <param name="features">N × (C + groups) features, or that many planes.</param>
    /// <param name="key">The key that the extractor was obfuscated with.</param>
    /// <param name="groups">What <see cref="Groups"/> says of the extractor.</param>
    /// <returns>N × C features or planes.</returns>
    /// <exception cref="OnnxException">The features' shape is not that of an obfuscated extractor's output.</exception>
    public static Tensor Undo(Tensor features, ObfuscationKey key, int groups = 1)
    {
        ArgumentNullException.ThrowIfNull(features);
        CheckKey(key);
        var shape = features.Shape;
        if (groups < 1 || shape.Rank < 2 || shape[1] % groups != 0 || shape[1] / groups < 2)
        {
            throw new OnnxException($"Features of {shape} do not come from an extractor obfuscated in {groups} groups: each group has its features and one sum.");
        }

        var size = shape[1] / groups;
        var plane = shape.Product(2, shape.Rank);
        var plain = new Tensor(new Shape([shape[0], shape[1] - groups, .. shape.Extents.Skip(2)]));
        var to = 0;
        for (var from = 0; from < features.Data.Length; from += size * plane)
        {
            var sums = features.Values.Slice(from + ((size - 1) * plane), plane);
            for (var i = 0; i < (size - 1) * plane; i++)
            {
                plain.Data[to++] = (float)((features.Data[from + i] - ((double)key.Sigma * sums[i % plane])) / key.Delta);
            }
        }

        return plain;
    }

    private static OnnxNode LastLayer(OnnxGraph extractor)
    {
        ArgumentNullException.ThrowIfNull(extractor);
        var layer = extractor.Nodes.FirstOrDefault(node => node.Outputs.Contains(extractor.Output));
        return layer is { Operator: "Conv" or "Gemm" or "MatMul", Inputs.Length: > 1 } && extractor.Weights.TryGetValue(layer.Inputs[1], out var weights) && weights.Shape.Rank == (layer.Operator == "Conv" ? 4 : 2)
            ? layer
            : throw new OnnxException($"The extractor ends in {layer?.Label ?? "nothing"}; it must end in a Conv, Gemm or MatMul with constant weights, with no non-linearity behind it.");
    }

    private static OnnxGraph Replace(OnnxGraph graph, OnnxNode layer, Tensor weights, Tensor? bias)
    {
        var (weightsName, biasName) = (Unused(graph, "obfuscated.weight"), Unused(graph, "obfuscated.bias"));
        ImmutableArray<string> inputs = bias is null ? [layer.Inputs[0], weightsName] : [layer.Inputs[0], weightsName, biasName];
        var hidden = layer with { Inputs = inputs, Attributes = layer.Attributes.Remove("alpha").Remove("beta") };
        var nodes = graph.Nodes.Replace(layer, hidden);
        var used = nodes.SelectMany(node => node.Inputs).ToHashSet(StringComparer.Ordinal);
        var added = bias is null ? graph.Weights.Add(weightsName, weights) : graph.Weights.Add(weightsName, weights).Add(biasName, bias);
        return graph with { Nodes = nodes, Weights = added.RemoveRange(added.Keys.Where(name => !used.Contains(name))) };
    }

    private static string Unused(OnnxGraph graph, string name)
    {
        var taken = graph.Nodes.SelectMany(node => node.Outputs).Concat(graph.Weights.Keys).Concat(graph.Integers.Keys).Append(graph.Input.Name).ToHashSet(StringComparer.Ordinal);
        while (taken.Contains(name))
        {
            name += "_";
        }

        return name;
    }

    private static T Attribute<T>(OnnxNode node, string name, T otherwise) =>
        node.Attributes.GetValueOrDefault(name, otherwise!) is T value ? value : throw new OnnxException($"{node.Label}: the attribute '{name}' is of the wrong type.");

    private static void CheckKey(ObfuscationKey key)
    {
        if (!float.IsFinite(key.Delta) || !float.IsFinite(key.Sigma) || key.Delta == 0)
        {
            throw new ArgumentOutOfRangeException(nameof(key), "δ and σ must be finite, and δ not 0.");
        }
    }
}
