using System.Collections.Immutable;
using Mechanisms.Learning.Onnx;

namespace Mechanisms.Learning.Operators;

/// <summary>The operators that are supported, by ONNX's names.</summary>
internal static class Catalogue
{
    private static readonly ImmutableSortedDictionary<string, Func<NodeReader, Operator>> Readers = new Dictionary<string, Func<NodeReader, Operator>>(StringComparer.Ordinal)
    {
        ["Add"] = Add.Read,
        ["AveragePool"] = Pool.Read,
        ["BatchNormalization"] = BatchNormalization.Read,
        ["Concat"] = Concat.Read,
        ["Conv"] = Conv.Read,
        ["Dropout"] = View.ReadDropout,
        ["Flatten"] = View.ReadFlatten,
        ["Gemm"] = Gemm.Read,
        ["GlobalAveragePool"] = GlobalAveragePool.Read,
        ["Identity"] = View.ReadIdentity,
        ["MatMul"] = Gemm.Read,
        ["MaxPool"] = Pool.Read,
        ["Relu"] = Relu.Read,
        ["Reshape"] = View.ReadReshape,
        ["Softmax"] = Softmax.Read,
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>Makes the operator of a node ready to run.</summary>
    /// <exception cref="OnnxException">The operator, one of its attributes or its weights are not supported.</exception>
    public static Operator Read(OnnxGraph graph, OnnxNode node, WeightBudget budget)
    {
        if (!Readers.TryGetValue(node.Operator, out var read))
        {
            throw new OnnxException($"{node.Label}: this operator is not supported. Supported are {string.Join(", ", Readers.Keys)}.");
        }

        var reader = new NodeReader(graph, node, budget);
        var made = read(reader);
        reader.Finish();
        return made;
    }
}
