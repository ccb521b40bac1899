using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Mechanisms.Learning.Onnx.Schema;

namespace Mechanisms.Learning.Onnx;

/// <summary>From a graph to a file's bytes. Constants are written in the order of their names, so equal graphs give equal files.</summary>
internal static class OnnxWriter
{
    /// <summary>The IR version that operator set 13 came with; every reader of later ones takes it.</summary>
    private const int IrVersion = 7;

    public static byte[] Write(OnnxGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        NameCheck.Check(graph);
        var proto = new GraphProto { Name = graph.Name };
        proto.Node.AddRange(graph.Nodes.Select(Node));
        proto.Initializer.AddRange(graph.Weights.OrderBy(w => w.Key, StringComparer.Ordinal).Select(w => Floats(w.Key, w.Value)));
        proto.Initializer.AddRange(graph.Integers.OrderBy(i => i.Key, StringComparer.Ordinal).Select(i => Longs(i.Key, i.Value)));
        proto.Input.Add(Value(graph.Input.Name, graph.Input.Extents));
        proto.Output.Add(new ValueInfoProto { Name = graph.Output, Type = new TypeProto { TensorType = new TypeProto.Types.TensorTypeProto { ElemType = Constants.Float } } });
        var model = new ModelProto { IrVersion = IrVersion, ProducerName = "workers", Graph = proto };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = graph.Opset });
        return model.ToByteArray();
    }

    private static NodeProto Node(OnnxNode node)
    {
        var proto = new NodeProto { Name = node.Name, OpType = node.Operator };
        proto.Input.AddRange(node.Inputs);
        proto.Output.AddRange(node.Outputs);
        proto.Attribute.AddRange(node.Attributes.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => Attribute(a.Key, a.Value)));
        return proto;
    }

    private static AttributeProto Attribute(string name, object value)
    {
        var proto = new AttributeProto { Name = name };
        switch (value)
        {
            case float f:
                (proto.Type, proto.F) = (1, f);
                break;
            case long i:
                (proto.Type, proto.I) = (2, i);
                break;
            case string s:
                (proto.Type, proto.S) = (3, ByteString.CopyFromUtf8(s));
                break;
            case ImmutableArray<float> floats:
                proto.Type = 6;
                proto.Floats.AddRange(floats);
                break;
            case ImmutableArray<long> ints:
                proto.Type = 7;
                proto.Ints.AddRange(ints);
                break;
            default:
                throw new OnnxException($"The attribute {OnnxException.Quote(name)} is a {value.GetType().Name}, which ONNX has no type for here.");
        }

        return proto;
    }

    private static TensorProto Floats(string name, Tensor tensor)
    {
        var bits = MemoryMarshal.Cast<float, int>(tensor.Values);
        var bytes = new byte[bits.Length * sizeof(float)];
        for (var i = 0; i < bits.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(i * sizeof(float)), bits[i]);
        }

        var proto = new TensorProto { Name = name, DataType = Constants.Float, RawData = UnsafeByteOperations.UnsafeWrap(bytes) };
        proto.Dims.AddRange(tensor.Shape.Extents.Select(extent => (long)extent));
        return proto;
    }

    private static TensorProto Longs(string name, ImmutableArray<long> values)
    {
        var proto = new TensorProto { Name = name, DataType = Constants.Int64 };
        proto.Dims.Add(values.Length);
        proto.Int64Data.AddRange(values);
        return proto;
    }

    private static ValueInfoProto Value(string name, ImmutableArray<int?> extents)
    {
        var shape = new TensorShapeProto();
        for (var axis = 0; axis < extents.Length; axis++)
        {
            shape.Dim.Add(extents[axis] is { } extent ? new TensorShapeProto.Types.Dimension { DimValue = extent } : new TensorShapeProto.Types.Dimension { DimParam = axis == 0 ? "N" : $"d{axis}" });
        }

        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.TensorTypeProto { ElemType = Constants.Float, Shape = shape } } };
    }
}
