using System.Collections.Immutable;
using Mechanisms.Learning.Onnx;

namespace Mechanisms.Learning.Operators;

/// <summary>Reads a node's inputs and attributes once each; what nobody asked for is an error, not ignored.</summary>
/// <param name="graph">The graph that the node stands in.</param>
/// <param name="node">The node.</param>
/// <param name="budget">Packed weights that the network may still take.</param>
internal sealed class NodeReader(OnnxGraph graph, OnnxNode node, WeightBudget budget)
{
    private readonly HashSet<string> read = new(StringComparer.Ordinal);

    /// <summary>How messages speak of the node.</summary>
    public string Label => node.Label;

    /// <summary>The operator's name.</summary>
    public string Operator => node.Operator;

    /// <summary>The version of the operators' definitions.</summary>
    public int Opset => graph.Opset;

    /// <summary>The number of inputs, trailing empty ones left out.</summary>
    public int InputCount => node.Inputs.Length - node.Inputs.Reverse().TakeWhile(name => name.Length == 0).Count();

    /// <summary>An exception that names the node.</summary>
    public OnnxException Refusal(string reason) => new($"{Label}: {reason}");

    /// <summary>The name of a value that is taken at each run.</summary>
    public string Value(int index)
    {
        var name = index < node.Inputs.Length ? node.Inputs[index] : "";
        return name.Length > 0 ? name : throw Refusal($"input {index} is missing.");
    }

    /// <summary>The names of all inputs as values taken at each run.</summary>
    public string[] Values() => [.. Enumerable.Range(0, InputCount).Select(Value)];

    /// <summary>The names of the single input.</summary>
    public string[] OnlyValue() => InputCount == 1 ? [Value(0)] : throw Refusal($"it has {InputCount} inputs instead of one.");

    /// <summary>A constant tensor, or null when the optional input is left out.</summary>
    public Tensor? OptionalWeight(int index)
    {
        var name = index < node.Inputs.Length ? node.Inputs[index] : "";
        return name.Length == 0 ? null : graph.Weights.GetValueOrDefault(name) ?? throw Refusal($"input {index}, {OnnxException.Quote(name)}, must be a constant of floats: weights that are computed or missing are not supported.");
    }

    /// <summary>A constant tensor.</summary>
    public Tensor Weight(int index) => OptionalWeight(index) ?? throw Refusal($"its weights, input {index}, are missing.");

    /// <summary>A constant list of integers.</summary>
    public ImmutableArray<long> IntegerInput(int index)
    {
        var name = Value(index);
        return graph.Integers.TryGetValue(name, out var list) ? list : throw Refusal($"input {index}, {OnnxException.Quote(name)}, must be a constant list of integers.");
    }

    /// <summary>An integer attribute in a range.</summary>
    public int Int(string name, int otherwise, int min = int.MinValue, int max = int.MaxValue)
    {
        var value = Attribute<long>(name, otherwise);
        return value >= min && value <= max ? (int)value : throw Refusal($"the attribute '{name}' is {value}; {min} to {max} is supported.");
    }

    /// <summary>A list of integers in a range and of a given length.</summary>
    public int[] Ints(string name, int count, int[]? otherwise, int min, int max)
    {
        var values = Attribute<ImmutableArray<long>?>(name, null);
        if (values is null)
        {
            return otherwise ?? throw Refusal($"the attribute '{name}' is missing.");
        }

        return values.Value.Length == count && values.Value.All(v => v >= min && v <= max)
            ? [.. values.Value.Select(v => (int)v)]
            : throw Refusal($"the attribute '{name}' is [{string.Join(", ", values.Value.Take(16))}]; {count} numbers from {min} to {max} are supported.");
    }

    /// <summary>A finite float attribute.</summary>
    public float Float(string name, float otherwise)
    {
        var value = Attribute(name, otherwise);
        return float.IsFinite(value) ? value : throw Refusal($"the attribute '{name}' is not finite.");
    }

    /// <summary>A text attribute.</summary>
    public string Text(string name, string otherwise) => Attribute(name, otherwise);

    /// <summary>Takes memory for packed weights, before it is allocated.</summary>
    public void Charge(long floats)
    {
        if ((budget.Left -= floats) < 0)
        {
            throw Refusal($"packed, its weights take {floats} floats, {-budget.Left} more than the network may still take.");
        }
    }

    /// <summary>Marks an attribute as understood without a use for its value.</summary>
    public void Ignore(string name) => read.Add(name);

    /// <summary>Throws if the node has an attribute that was not read, or more outputs than the one that is made.</summary>
    public void Finish()
    {
        var unread = node.Attributes.Keys.Where(name => !read.Contains(name)).Order(StringComparer.Ordinal).FirstOrDefault();
        if (unread is not null)
        {
            throw Refusal($"the attribute {OnnxException.Quote(unread)} is not supported.");
        }

        if (node.Outputs.Length == 0 || node.Outputs[0].Length == 0)
        {
            throw Refusal("it has no output.");
        }
    }

    private T Attribute<T>(string name, T otherwise)
    {
        read.Add(name);
        return node.Attributes.TryGetValue(name, out var value)
            ? value is T typed ? typed : throw Refusal($"the attribute '{name}' is of the wrong type.")
            : otherwise;
    }
}

/// <summary>Packed weights that a network may still take.</summary>
internal sealed class WeightBudget
{
    /// <summary>In floats.</summary>
    public required long Left { get; set; }
}
