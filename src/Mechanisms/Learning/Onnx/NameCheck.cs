namespace Mechanisms.Learning.Onnx;

/// <summary>Every value is made once and before it is taken, so the graph has no cycle and nothing is missing.</summary>
internal static class NameCheck
{
    /// <summary>Throws unless the graph's names hold together.</summary>
    /// <exception cref="OnnxException">A value is made twice, taken before it is made, or not there at all.</exception>
    public static void Check(OnnxGraph graph)
    {
        var known = new HashSet<string>(StringComparer.Ordinal) { "" };
        known.UnionWith(graph.Weights.Keys);
        known.UnionWith(graph.Integers.Keys);
        if (!known.Add(graph.Input.Name))
        {
            throw new OnnxException($"The input's name {OnnxException.Quote(graph.Input.Name)} is empty or taken by a constant.");
        }

        var made = graph.Nodes.SelectMany(node => node.Outputs).ToHashSet(StringComparer.Ordinal);
        foreach (var node in graph.Nodes)
        {
            var missing = node.Inputs.FirstOrDefault(input => !known.Contains(input));
            if (missing is not null)
            {
                throw new OnnxException(made.Contains(missing)
                    ? $"{node.Label} takes {OnnxException.Quote(missing)}, which is made by itself or a later node: the graph is cyclic or not in the order that ONNX demands."
                    : $"{node.Label} takes {OnnxException.Quote(missing)}, which is neither the input nor a constant nor made by a node.");
            }

            foreach (var output in node.Outputs.Where(output => output.Length > 0))
            {
                if (!known.Add(output))
                {
                    throw new OnnxException($"{node.Label} makes {OnnxException.Quote(output)}, a name that is already taken.");
                }
            }
        }

        if (!made.Contains(graph.Output) || graph.Output.Length == 0)
        {
            throw new OnnxException($"No node makes the graph's output {OnnxException.Quote(graph.Output)}.");
        }
    }
}
