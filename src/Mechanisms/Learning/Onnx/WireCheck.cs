using Google.Protobuf;

namespace Mechanisms.Learning.Onnx;

/// <summary>
/// Counts what a file would become before it is parsed: an empty message takes two bytes in the file and more than a
/// hundred as an object, so a small file could fill the memory.
/// </summary>
internal static class WireCheck
{
    /// <summary>Which fields hold messages, by the message's number below; the others are skipped.</summary>
    private static readonly Dictionary<int, int>[] Messages =
    [
        new() { [7] = Graph, [8] = Leaf }, // ModelProto
        new() { [1] = Node, [5] = Tensor, [11] = Value, [12] = Value }, // GraphProto
        new() { [5] = Attribute }, // NodeProto
        new() { [5] = Tensor }, // AttributeProto
        new() { [2] = Type }, // ValueInfoProto
        new() { [1] = TensorType }, // TypeProto
        new() { [2] = Dimensions }, // TypeProto.Tensor
        new() { [1] = Leaf }, // TensorShapeProto
        [], // OperatorSetIdProto and TensorShapeProto.Dimension
        [], // TensorProto
    ];

    /// <summary>Packed integers: a byte in the file is eight in memory, so each byte counts as a field.</summary>
    private static readonly HashSet<(int Message, int Field)> PackedIntegers = [(Attribute, 8), (Tensor, 1), (Tensor, 7)];

    private const int Graph = 1;
    private const int Node = 2;
    private const int Attribute = 3;
    private const int Value = 4;
    private const int Type = 5;
    private const int TensorType = 6;
    private const int Dimensions = 7;
    private const int Leaf = 8;
    private const int Tensor = 9;

    /// <summary>Throws if the file has more fields or nodes than are allowed.</summary>
    /// <exception cref="OnnxException">A limit is passed.</exception>
    /// <exception cref="InvalidProtocolBufferException">The bytes are not protobuf.</exception>
    public static void Check(byte[] file, OnnxLimits limits)
    {
        if (file.Length > limits.MaxFileBytes)
        {
            throw new OnnxException($"The model has {file.Length} bytes; at most {limits.MaxFileBytes} are read.");
        }

        var input = new CodedInputStream(file);
        var counts = new Counts(limits);
        Walk(input, 0, file.Length, counts);
    }

    private static void Walk(CodedInputStream input, int message, long end, Counts counts)
    {
        while (input.Position < end && input.ReadTag() is var tag and not 0)
        {
            counts.Add(1);
            var field = WireFormat.GetTagFieldNumber(tag);
            if (WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited && Messages[message].TryGetValue(field, out var inner))
            {
                if (inner == Node)
                {
                    counts.Node();
                }

                var length = input.ReadLength();
                var innerEnd = input.Position + length;
                if (length < 0 || innerEnd > end)
                {
                    throw new OnnxException($"The model is cut off: a field at byte {input.Position} is said to have {length} bytes.");
                }

                Walk(input, inner, innerEnd, counts);
            }
            else
            {
                var start = input.Position;
                input.SkipLastField();
                counts.Add(PackedIntegers.Contains((message, field)) ? input.Position - start : 0);
            }
        }

        if (input.Position != end)
        {
            throw new OnnxException($"The model is malformed: a field that ends at byte {input.Position} should end at {end}.");
        }
    }

    private sealed class Counts(OnnxLimits limits)
    {
        private long fields;
        private int nodes;

        public void Add(long more)
        {
            if ((fields += more) > limits.MaxFields)
            {
                throw new OnnxException($"The model has more than {limits.MaxFields} fields.");
            }
        }

        public void Node()
        {
            if (++nodes > limits.MaxNodes)
            {
                throw new OnnxException($"The graph has more than {limits.MaxNodes} nodes.");
            }
        }
    }
}
