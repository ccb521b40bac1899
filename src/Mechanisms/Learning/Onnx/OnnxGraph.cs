using System.Collections.Immutable;

namespace Mechanisms.Learning.Onnx;

/// <summary>A model with one input and one output, as ONNX describes it. Immutable: changes make another graph.</summary>
/// <remarks>ONNX IR specification, https://github.com/onnx/onnx/blob/main/docs/IR.md.</remarks>
public sealed record OnnxGraph
{
    /// <summary>The first version of the operators' definitions that is understood.</summary>
    public const int MinOpset = 7;

    /// <summary>The last version of the operators' definitions that is understood.</summary>
    public const int MaxOpset = 25;

    /// <summary>What the graph calls itself.</summary>
    public string Name { get; init; } = "graph";

    /// <summary>The version of the operators' definitions, in [7, 25].</summary>
    public int Opset { get; init; } = 13;

    /// <summary>What the graph takes.</summary>
    public required OnnxInput Input { get; init; }

    /// <summary>The name of the value that the graph gives.</summary>
    public required string Output { get; init; }

    /// <summary>The operators; each takes only what stands before it.</summary>
    public required ImmutableArray<OnnxNode> Nodes { get; init; }

    /// <summary>Constant tensors by name.</summary>
    public ImmutableDictionary<string, Tensor> Weights { get; init; } = ImmutableDictionary.Create<string, Tensor>(StringComparer.Ordinal);

    /// <summary>Constant lists of 64-bit integers by name, such as the shape that Reshape takes.</summary>
    public ImmutableDictionary<string, ImmutableArray<long>> Integers { get; init; } = ImmutableDictionary.Create<string, ImmutableArray<long>>(StringComparer.Ordinal);

    /// <summary>Reads a file's bytes.</summary>
    /// <exception cref="OnnxException">It is not an ONNX file, contradicts itself, passes a limit or is outside of what is supported.</exception>
    public static OnnxGraph Read(byte[] file, OnnxLimits limits) => OnnxReader.Read(file, limits);

    /// <summary>The file's bytes; weights are stored little-endian in raw_data.</summary>
    public byte[] Write() => OnnxWriter.Write(this);
}

/// <summary>The input of a graph.</summary>
/// <param name="Name">The value's name.</param>
/// <param name="Extents">The extents, samples first; null where any will do.</param>
public sealed record OnnxInput(string Name, ImmutableArray<int?> Extents);

/// <summary>One operator of a graph.</summary>
/// <param name="Operator">ONNX's operator type, such as Conv.</param>
/// <param name="Inputs">Names of values; empty for an optional input that is left out.</param>
/// <param name="Outputs">Names of values that this operator makes.</param>
public sealed record OnnxNode(string Operator, ImmutableArray<string> Inputs, ImmutableArray<string> Outputs)
{
    /// <summary>What the node is called, or empty.</summary>
    public string Name { get; init; } = "";

    /// <summary>
    /// Settings by name: <see cref="long"/>, <see cref="float"/>, <see cref="string"/>, or an
    /// <see cref="ImmutableArray{T}"/> of long or float.
    /// </summary>
    public ImmutableDictionary<string, object> Attributes { get; init; } = ImmutableDictionary.Create<string, object>(StringComparer.Ordinal);

    /// <summary>How messages speak of the node: its name, else its first output, and its operator.</summary>
    public string Label => $"node {OnnxException.Quote(Name.Length > 0 ? Name : Outputs.FirstOrDefault() ?? "")} ({OnnxException.Quote(Operator)[1..^1]})";
}
