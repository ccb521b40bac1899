using Mechanisms.Learning;
using Mechanisms.Learning.Extraction;
using Mechanisms.Learning.Onnx;

namespace Mechanisms.Tests.Learning.Extraction;

public class ObfuscationTests
{
    private static readonly OnnxLimits Limits = new();

    [Fact]
    public void Undoing_gives_the_features_of_the_plain_extractor_for_every_linear_layer_and_key()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            foreach (var (extractor, input) in Extractors(random))
            {
                var entropy = new byte[ObfuscationKey.EntropyBytes];
                random.NextBytes(entropy);
                var key = ObfuscationKey.Draw(Obfuscation.LastWeights(extractor), entropy);
                var published = OnnxGraph.Read(Obfuscation.Apply(extractor, key).Write(), Limits);
                var plain = Run(extractor, input);
                var hidden = Run(published, input);
                var undone = Obfuscation.Undo(hidden, key, Obfuscation.Groups(extractor));
                Assert.Equal(plain.Shape, undone.Shape);
                var scale = plain.Values.ToArray().Max(MathF.Abs);
                var error = plain.Values.ToArray().Zip(undone.Values.ToArray(), (a, b) => MathF.Abs(a - b)).Max();
                Assert.True(error <= 2e-5 * scale, $"seed {seed}, {extractor.Nodes[^1].Label}: error {error} at features up to {scale}");
                Assert.True(hidden.Values.ToArray().Take(plain.Shape.Count).Zip(plain.Values.ToArray(), (a, b) => MathF.Abs(a - b)).Max() > 0.05 * scale, $"seed {seed}: the features were not hidden");
            }
        }
    }

    [Fact]
    public void Every_weight_is_multiplied_and_shifted_as_equation_1_says()
    {
        var graph = new Graphs(new Random(2), null, 3).Dense(3, 2).Build();
        var (plain, hidden) = (Obfuscation.LastWeights(graph), Obfuscation.LastWeights(Obfuscation.Apply(graph, new ObfuscationKey(0.25f, -2))));
        Assert.Equal([.. plain.Values.ToArray().Select(w => (w * 0.25f) - 2), 1, 1, 1], hidden.Values.ToArray());
    }

    [Fact]
    public void The_published_file_holds_no_plain_weight_of_the_last_layer()
    {
        var graph = new Graphs(new Random(3), null, 5).Dense(5, 4).Node("Relu").Dense(4, 3).Build();
        var published = Obfuscation.Apply(graph, new ObfuscationKey(0.01f, 0.5f));
        Assert.Equal(["obfuscated.bias", "obfuscated.weight", "w0", "w1"], published.Weights.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_cannot_be_undone_is_refused()
    {
        var random = new Random(4);
        var relu = new Graphs(random, null, 5).Dense(5, 4).Node("Relu").Build();
        Assert.Contains("(Relu); it must end in a Conv, Gemm or MatMul", Assert.Throws<OnnxException>(() => Obfuscation.Apply(relu, new ObfuscationKey(1, 1))).Message, StringComparison.Ordinal);
        var dense = new Graphs(random, null, 5).Dense(5, 4).Build();
        foreach (var key in (ObfuscationKey[])[new(0, 1), new(float.NaN, 1), new(1, float.PositiveInfinity)])
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => Obfuscation.Apply(dense, key));
        }

        Assert.Throws<OnnxException>(() => Obfuscation.Undo(new Tensor(new Shape(2, 1)), new ObfuscationKey(1, 1)));
        Assert.Throws<OnnxException>(() => Obfuscation.Undo(new Tensor(new Shape(2, 5)), new ObfuscationKey(1, 1), 2));
    }

    [Fact]
    public void A_key_does_not_print_its_coefficients() => Assert.Equal("ObfuscationKey", $"{new ObfuscationKey(0.125f, 0.5f)}");

    private static IEnumerable<(OnnxGraph Extractor, Tensor Input)> Extractors(Random random)
    {
        yield return (new Graphs(random, null, 30).Dense(30, 20).Node("Relu").Dense(20, 9).Build(), Graphs.Draw(random, 4, 30));
        var gemm = new Graphs(random, null, 30);
        yield return (gemm.Node("Gemm", ["x", gemm.Weight(30, 7), gemm.Weight(1)], ("alpha", 0.5f), ("beta", 3f)).Build(), Graphs.Draw(random, 4, 30));
        var matrix = new Graphs(random, null, 30);
        yield return (matrix.Node("MatMul", ["x", matrix.Weight(30, 7)]).Build(), Graphs.Draw(random, 4, 30));
        yield return (new Graphs(random, null, 3, 9, 9).Conv(3, 4, 3, 1).Node("Relu").Conv(4, 6, 3, 1, 2).Build(), Graphs.Draw(random, 3, 3, 9, 9));
        var groups = new Graphs(random, null, 4, 9, 9);
        yield return (groups.Node("Conv", ["x", groups.Weight(6, 2, 3, 3), groups.Weight(6)], ("group", 2L), ("auto_pad", "SAME_UPPER")).Build(), Graphs.Draw(random, 3, 4, 9, 9));
    }

    private static Tensor Run(OnnxGraph graph, Tensor input) => Network.Create(graph, Limits).Run(input, 2, TestContext.Current.CancellationToken);
}
