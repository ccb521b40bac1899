using System.Collections.Immutable;
using Google.Protobuf;
using Mechanisms.Learning.Onnx.Schema;

namespace Mechanisms.Learning.Onnx;

/// <summary>From a file's bytes to a graph whose names and sizes hold together.</summary>
internal static class OnnxReader
{
    private static readonly MessageParser<ModelProto> Parser = ModelProto.Parser.WithDiscardUnknownFields(true);

    public static OnnxGraph Read(byte[] file, OnnxLimits limits)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(limits);
        try
        {
            WireCheck.Check(file, limits);
            return Convert(Parser.ParseFrom(file), limits);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new OnnxException($"The file is not a readable ONNX model: {e.Message}", e);
        }
    }

    private static OnnxGraph Convert(ModelProto model, OnnxLimits limits)
    {
        var graph = model.Graph ?? throw new OnnxException("The file has no graph: it is not an ONNX model.");
        var constants = new Constants(limits);
        foreach (var tensor in graph.Initializer)
        {
            constants.Add(tensor.Name, tensor);
        }

        var inputs = graph.Input.Where(input => !constants.Contains(input.Name)).ToList();
        if (inputs.Count != 1 || graph.Output.Count != 1)
        {
            throw new OnnxException($"The graph has {inputs.Count} inputs and {graph.Output.Count} outputs; one of each is supported.");
        }

        var nodes = ImmutableArray.CreateBuilder<OnnxNode>(graph.Node.Count);
        foreach (var proto in graph.Node)
        {
            var node = Node(proto);
            if (node.Operator == "Constant")
            {
                var value = proto.Attribute.FirstOrDefault(a => a.Name == "value")?.T;
                constants.Add(Single(node), value ?? throw new OnnxException($"{node.Label} has no tensor 'value'; other constants are not supported."));
            }
            else
            {
                nodes.Add(node with { Attributes = Attributes(node, proto) });
            }
        }

        var read = new OnnxGraph
        {
            Name = graph.Name,
            Opset = Opset(model),
            Input = Input(inputs[0], limits),
            Output = graph.Output[0].Name,
            Nodes = nodes.ToImmutable(),
            Weights = constants.Weights,
            Integers = constants.Integers,
        };
        NameCheck.Check(read);
        return read;
    }

    private static int Opset(ModelProto model)
    {
        var version = model.OpsetImport.FirstOrDefault(o => o.Domain is "" or "ai.onnx")?.Version ?? 0;
        return version is >= OnnxGraph.MinOpset and <= OnnxGraph.MaxOpset
            ? (int)version
            : throw new OnnxException($"The model uses operator set {version}; {OnnxGraph.MinOpset} to {OnnxGraph.MaxOpset} are supported.");
    }

    private static OnnxInput Input(ValueInfoProto value, OnnxLimits limits)
    {
        var type = value.Type?.TensorType;
        if (type is not { ElemType: Constants.Float, Shape: { } shape })
        {
            throw new OnnxException($"The input {OnnxException.Quote(value.Name)} must be a tensor of floats with a shape.");
        }

        if (shape.Dim.Count is 0 || shape.Dim.Count > limits.MaxRank)
        {
            throw new OnnxException($"The input {OnnxException.Quote(value.Name)} has {shape.Dim.Count} axes; 1 to {limits.MaxRank} are supported, samples first.");
        }

        return new OnnxInput(value.Name, [.. shape.Dim.Select(dim => dim.DimValue switch
        {
            0 => (int?)null,
            > 0 and <= int.MaxValue => (int)dim.DimValue,
            _ => throw new OnnxException($"The input {OnnxException.Quote(value.Name)} has an extent of {dim.DimValue}."),
        })]);
    }

    private static OnnxNode Node(NodeProto proto)
    {
        var node = new OnnxNode(proto.OpType, [.. proto.Input], [.. proto.Output]) { Name = proto.Name };
        return proto.Domain is "" or "ai.onnx" ? node : throw new OnnxException($"{node.Label} is an operator of {OnnxException.Quote(proto.Domain)}; only ONNX's own are supported.");
    }

    private static ImmutableDictionary<string, object> Attributes(OnnxNode node, NodeProto proto)
    {
        var attributes = ImmutableDictionary.CreateBuilder<string, object>(StringComparer.Ordinal);
        foreach (var attribute in proto.Attribute)
        {
            object value = attribute.Type switch
            {
                1 => attribute.F,
                2 => attribute.I,
                3 => attribute.S.ToStringUtf8(),
                6 => attribute.Floats.ToImmutableArray(),
                7 => attribute.Ints.ToImmutableArray(),
                _ => throw new OnnxException($"{node.Label}: the attribute {OnnxException.Quote(attribute.Name)} is of type {attribute.Type}, which is not supported."),
            };
            if (!attributes.TryAdd(attribute.Name, value))
            {
                throw new OnnxException($"{node.Label} has the attribute {OnnxException.Quote(attribute.Name)} twice.");
            }
        }

        return attributes.ToImmutable();
    }

    private static string Single(OnnxNode node) =>
        node.Outputs.Length == 1 ? node.Outputs[0] : throw new OnnxException($"{node.Label} has {node.Outputs.Length} outputs instead of one.");
}
