using Mechanisms.Learning;
using Mechanisms.Learning.Extraction;
using Mechanisms.Learning.Onnx;

namespace Mechanisms.Tests.Learning.Extraction;

public class LayerCutTests
{
    private static readonly OnnxLimits Limits = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Extractor_activation_and_head_after_each_other_are_the_model(int layers)
    {
        var random = new Random(21);
        var graph = Model(random);
        Assert.Equal(4, LayerCut.CountLayers(graph));
        var input = Graphs.Draw(random, 6, 2, 12, 12);
        var whole = Run(graph, input);
        var features = Run(LayerCut.Extractor(graph, layers), input);
        var activated = Run(LayerCut.Activation(graph, layers), features);
        var final = layers == 4 ? activated : Run(LayerCut.Head(graph, layers), activated);
        Assert.Equal(whole.Values.ToArray(), final.Values.ToArray());
    }

    [Fact]
    public void The_extractor_ends_before_the_non_linearity_and_holds_no_later_weight()
    {
        var extractor = OnnxGraph.Read(LayerCut.Extractor(Model(new Random(22)), 2).Write(), Limits);
        Assert.Equal("Conv", extractor.Nodes[^1].Operator);
        Assert.Equal(8, extractor.Weights.Count);
        Assert.Contains(Run(extractor, Graphs.Draw(new Random(1), 2, 2, 12, 12)).Values.ToArray(), value => value < 0);
    }

    [Fact]
    public void A_layer_that_a_shortcut_leads_past_still_gives_an_extractor_but_no_head()
    {
        var random = new Random(23);
        var graph = new Graphs(random, null, 3, 8, 8).Conv(3, 4, 3, 1).Node("Relu");
        var trunk = graph.Last;
        graph.Conv(4, 4, 3, 1);
        graph.Node("Add", [graph.Last, trunk]).Node("Relu").Conv(4, 2, 1);
        var model = graph.Build();
        Assert.Equal(new Shape(1, 4, 8, 8), Run(LayerCut.Extractor(model, 2), Graphs.Draw(random, 1, 3, 8, 8)).Shape);
        Assert.Contains("another way leads past", Assert.Throws<OnnxException>(() => LayerCut.Activation(model, 2)).Message, StringComparison.Ordinal);
        Assert.Contains("it has 3 trainable layers", Assert.Throws<OnnxException>(() => LayerCut.Extractor(model, 4)).Message, StringComparison.Ordinal);
    }

    private static OnnxGraph Model(Random random) => new Graphs(random, null, 2, 12, 12)
        .Conv(2, 6, 3, 1).BatchNormalization(6).Node("Relu")
        .Conv(6, 5, 3).Node("Relu").Node("MaxPool", null, ("kernel_shape", new long[] { 2, 2 }), ("strides", new long[] { 2, 2 })).Node("Flatten")
        .Dense(125, 20).Node("Relu").Dense(20, 4).Node("Softmax").Build();

    private static Tensor Run(OnnxGraph graph, Tensor input) => Network.Create(graph, Limits).Run(input, 2, TestContext.Current.CancellationToken);
}
