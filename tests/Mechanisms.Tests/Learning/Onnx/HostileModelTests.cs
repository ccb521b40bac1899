using Google.Protobuf;
using Mechanisms.Learning;
using Mechanisms.Learning.Onnx;
using Mechanisms.Learning.Onnx.Schema;

namespace Mechanisms.Tests.Learning.Onnx;

public class HostileModelTests
{
    private static readonly OnnxLimits Limits = new();

    [Fact]
    public void A_graph_is_read_as_it_was_written()
    {
        var graph = new Graphs(new Random(1), null, 2, 8, 8).Conv(2, 3, 3, 1).Node("Relu").Node("Flatten").Dense(192, 4).Build();
        var file = graph.Write();
        var read = OnnxGraph.Read(file, Limits);
        Assert.Equal(file, read.Write());
        Assert.Equal(graph.Weights["w0"].Values.ToArray(), read.Weights["w0"].Values.ToArray());
        Assert.Equal([null, 2, 8, 8], read.Input.Extents);
    }

    [Fact]
    public void A_file_cut_off_anywhere_or_with_any_byte_changed_is_refused_or_read_but_never_anything_else()
    {
        var file = Sample().ToByteArray();
        for (var i = 0; i < file.Length; i++)
        {
            byte[] changed = [.. file];
            changed[i] ^= 0xFF;
            foreach (var attempt in (byte[][])[file[..i], changed])
            {
                if (Record.Exception(() => Network.Create(OnnxGraph.Read(attempt, Limits), Limits)) is { } e)
                {
                    Assert.IsType<OnnxException>(e);
                }
            }
        }
    }

    [Theory]
    [InlineData("cyclic")]
    [InlineData("neither the input nor a constant")]
    [InlineData("a name that is already taken")]
    [InlineData("is there twice")]
    [InlineData("3 bytes of raw_data; its extents ask for 8")]
    [InlineData("each must be positive")]
    [InlineData("at most 67108864 parameters are taken")]
    [InlineData("lies in another file")]
    [InlineData("data type 11")]
    [InlineData("not finite at position 1")]
    [InlineData("0 inputs and 1 outputs")]
    [InlineData("has no graph")]
    [InlineData("operator set 99")]
    [InlineData("only ONNX's own")]
    [InlineData("No node makes the graph's output 'nowhere'")]
    [InlineData("has an extent of -5")]
    [InlineData("9 axes; 1 to 8")]
    [InlineData("attribute 'axis' twice")]
    [InlineData("of type 5, which is not supported")]
    public void A_contradictory_file_is_refused_with_the_reason(string reason)
    {
        var model = Sample();
        var graph = model.Graph;
        switch (reason)
        {
            case "cyclic": graph.Node[0].Input[0] = "y"; break;
            case "neither the input nor a constant": graph.Node[1].Input[0] = "missing"; break;
            case "a name that is already taken": graph.Node[1].Output[0] = "x"; break;
            case "is there twice": graph.Initializer.Add(graph.Initializer[0]); break;
            case "3 bytes of raw_data; its extents ask for 8": graph.Initializer[0].RawData = ByteString.CopyFrom(1, 2, 3); break;
            case "each must be positive": graph.Initializer[0].Dims[0] = -2; break;
            case "at most 67108864 parameters are taken": graph.Initializer[0].Dims.Add([long.MaxValue / 2, long.MaxValue / 2]); break;
            case "lies in another file": graph.Initializer[0].DataLocation = 1; break;
            case "data type 11": graph.Initializer[0].DataType = 11; break;
            case "not finite at position 1": graph.Initializer[0].RawData = ByteString.CopyFrom(0, 0, 0, 0, 0, 0, 0xC0, 0x7F); break;
            case "0 inputs and 1 outputs": graph.Input.Clear(); break;
            case "has no graph": model.Graph = null; break;
            case "operator set 99": model.OpsetImport[0].Version = 99; break;
            case "only ONNX's own": graph.Node[0].Domain = "com.example"; break;
            case "No node makes the graph's output 'nowhere'": graph.Output[0].Name = "nowhere"; break;
            case "has an extent of -5": graph.Input[0].Type.TensorType.Shape.Dim[1].DimValue = -5; break;
            case "9 axes; 1 to 8":
                graph.Input[0].Type.TensorType.Shape.Dim.Add(Enumerable.Range(0, 7).Select(_ => new TensorShapeProto.Types.Dimension { DimValue = 1 }));
                break;
            case "attribute 'axis' twice": graph.Node[1].Attribute.Add(new[] { Axis(), Axis() }); break;
            default: graph.Node[1].Attribute.Add(new AttributeProto { Name = "g", Type = 5 }); break;
        }

        Assert.Contains(reason, Assert.Throws<OnnxException>(() => OnnxGraph.Read(model.ToByteArray(), Limits)).Message, StringComparison.Ordinal);
        static AttributeProto Axis() => new() { Name = "axis", Type = 2, I = 1 };
    }

    [Fact]
    public void A_file_that_would_grow_in_memory_is_refused_before_it_is_parsed()
    {
        // Two bytes for each empty node, tensor or dimension, and one for each packed integer.
        foreach (var (field, message) in ((int, string)[])[(1, "nodes"), (5, "fields"), (11, "fields")])
        {
            var bytes = Model([.. Enumerable.Repeat(new byte[] { (byte)((field << 3) | 2), 0 }, 300_000).SelectMany(b => b)]);
            Assert.Contains(message, Refusal(() => OnnxGraph.Read(bytes, Limits)), StringComparison.Ordinal);
        }

        var sample = Sample();
        sample.Graph.Initializer[0].Dims.AddRange(Enumerable.Repeat(1L, 300_000));
        Assert.Contains("fields", Refusal(() => OnnxGraph.Read(sample.ToByteArray(), Limits)), StringComparison.Ordinal);
        Assert.Contains("at most 10 are read", Refusal(() => OnnxGraph.Read(new byte[11], Limits with { MaxFileBytes = 10 })), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Mystery", null, "node 'n' (Mystery): this operator is not supported")]
    [InlineData("Relu", "colour", "the attribute 'colour' is not supported")]
    [InlineData("Softmax", "axis", "'axis' is of the wrong type")]
    public void What_the_network_does_not_know_is_named_not_ignored(string type, string? attribute, string message)
    {
        var model = Sample();
        model.Graph.Node[1].OpType = type;
        if (attribute is not null)
        {
            model.Graph.Node[1].Attribute.Add(new AttributeProto { Name = attribute, Type = 1, F = 1 });
        }

        Assert.Contains(message, Refusal(() => Network.Create(OnnxGraph.Read(model.ToByteArray(), Limits), Limits)), StringComparison.Ordinal);
    }

    [Fact]
    public void Work_and_memory_beyond_the_limits_are_refused_before_they_are_spent()
    {
        var random = new Random(3);
        var huge = new Shape(1, 1, 20_000, 1);
        var wide = new Graphs(random, null, 1, null, null);
        wide.Node("Conv", ["x", wide.Weight(1, 1, 1, 1)], ("pads", new long[] { 60_000, 60_000, 60_000, 60_000 }));
        Assert.Contains("extent must be positive and the whole at most", Refusal(() => Create(wide).OutputShape(huge)), StringComparison.Ordinal);

        var padded = new Graphs(random, null, 1, null, null);
        padded.Node("Conv", ["x", padded.Weight(1, 1, 1, 1)], ("pads", new long[] { 20_000, 20_000, 20_000, 20_000 }), ("strides", new long[] { 60_000, 60_000 }));
        Assert.Contains("floats of activations", Refusal(() => Create(padded).OutputShape(new Shape(1, 1, 8, 8))), StringComparison.Ordinal);

        var doubling = new Graphs(random, null, 4);
        for (var i = 0; i < 40; i++)
        {
            doubling.Node("Concat", [doubling.Last, doubling.Last], ("axis", 1L));
        }

        Assert.Contains("(Concat)", Refusal(() => Create(doubling).OutputShape(new Shape(1, 4))), StringComparison.Ordinal);

        var kernel = new Graphs(random, null, 1, 4000, 4000).Node("MaxPool", null, ("kernel_shape", new long[] { 2000, 2000 }));
        Assert.Contains("operations for a sample", Refusal(() => Create(kernel).OutputShape(new Shape(1, 1, 4000, 4000))), StringComparison.Ordinal);

        var thin = new Graphs(random, null, 1000, 1, 1);
        thin.Node("Conv", [thin.Last, thin.Weight(1, 1000, 1, 1)]);
        Assert.Contains("packed", Refusal(() => Network.Create(thin.Build(), Limits with { MaxParameters = 2000 })), StringComparison.Ordinal);
        Assert.Contains("at most 1 are allowed", Refusal(() => Network.Create(new Graphs(random, null, 2).Node("Relu").Node("Relu").Build(), Limits with { MaxNodes = 1 })), StringComparison.Ordinal);
    }

    [Fact]
    public void What_would_mix_samples_is_refused()
    {
        var random = new Random(4);
        var reshape = new Graphs(random, null, 6);
        reshape.Node("Reshape", ["x", reshape.Integers(-1, 3)]);
        var add = new Graphs(random, null, 6);
        add.Node("Add", ["x", add.Weight(2, 6)]);
        var fixedPair = new Graphs(random, 2, 6);
        fixedPair.Node("Add", ["x", fixedPair.Weight(2, 6)]);
        var transposed = new Graphs(random, null, 6);
        transposed.Node("Gemm", ["x", transposed.Weight(2, 6)], ("transA", 1L));
        foreach (var graph in (Graphs[])[reshape, add, fixedPair, transposed, new Graphs(random, null, 6).Node("Concat", ["x", "x"], ("axis", 0L)), new Graphs(random, null, 6).Node("Softmax", null, ("axis", 0L)), new Graphs(random, null, 6).Node("Flatten", null, ("axis", 0L))])
        {
            Assert.Contains("sample", Refusal(() => Create(graph).OutputShape(new Shape(2, 6))), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Input_of_another_shape_is_refused()
    {
        var network = Create(new Graphs(new Random(5), null, 3, 8, 8).Conv(3, 2, 3));
        foreach (var shape in (Shape[])[new Shape(1, 3, 8, 7), new Shape(3, 8, 8), new Shape(0, 3, 8, 8), new Shape(1, 4, 8, 8)])
        {
            Assert.Contains("does not fit the network, which takes N×3×8×8", Refusal(() => network.Run(new Tensor(shape), 1, CancellationToken.None)), StringComparison.Ordinal);
        }
    }

    private static Network Create(Graphs graphs) => Network.Create(graphs.Build(), Limits);

    private static string Refusal(Action action) => Assert.Throws<OnnxException>(action).Message;

    private static byte[] Model(byte[] graph)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream))
        {
            output.WriteTag(7, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(graph));
        }

        return stream.ToArray();
    }

    /// <summary>x (N×2) plus a weight of 2, through Relu, is y.</summary>
    private static ModelProto Sample()
    {
        var shape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimParam = "N" }, new TensorShapeProto.Types.Dimension { DimValue = 2 } } };
        return new ModelProto
        {
            OpsetImport = { new OperatorSetIdProto { Version = 13 } },
            Graph = new GraphProto
            {
                Input = { new ValueInfoProto { Name = "x", Type = new TypeProto { TensorType = new TypeProto.Types.TensorTypeProto { ElemType = 1, Shape = shape } } } },
                Output = { new ValueInfoProto { Name = "y" } },
                Initializer = { new TensorProto { Name = "w", DataType = 1, Dims = { 2 }, RawData = ByteString.CopyFrom(0, 0, 0x80, 0x3F, 0, 0, 0, 0x40) } },
                Node =
                {
                    new NodeProto { Name = "a", OpType = "Add", Input = { "x", "w" }, Output = { "h" } },
                    new NodeProto { Name = "n", OpType = "Relu", Input = { "h" }, Output = { "y" } },
                },
            },
        };
    }
}
