using Mechanisms.Datasets;
using Mechanisms.Learning;
using Mechanisms.Learning.Extraction;
using Mechanisms.Learning.Onnx;
using Mechanisms.Learning.Scores;
using Mechanisms.Learning.Training;

namespace Mechanisms.Tests.Learning.Training;

/// <summary>The collector's way through a session: cut, obfuscate, undo, activate, fine-tune, score.</summary>
public class FineTuneTests
{
    private static readonly LayerSpec[] General =
    [
        new LayerSpec.Conv2D(8, 3, 1, 1), new LayerSpec.Relu(), new LayerSpec.MaxPool(2), new LayerSpec.Conv2D(12, 3), new LayerSpec.Relu(),
        new LayerSpec.Flatten(), new LayerSpec.Dense(24), new LayerSpec.Relu(), new LayerSpec.Dense(4),
    ];

    private static readonly TrainingRecipe Recipe = new() { Epochs = 10, BatchSize = 20, LearningRate = 3e-3f, Seed = 3 };

    private static readonly OnnxLimits Limits = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void A_model_pretrained_on_other_patterns_learns_the_task_from_obfuscated_features()
    {
        var initial = Trainer.Train(Bars(400, 4, 1), General, Recipe, 2, Cancellation).Graph;
        var extractor = LayerCut.Extractor(initial, 2);
        var key = new ObfuscationKey(-0.01f, 0.004f);
        var published = Network.Create(OnnxGraph.Read(Obfuscation.Apply(extractor, key).Write(), Limits), Limits);
        var activation = Network.Create(LayerCut.Activation(initial, 2), Limits);
        var head = LayerCut.Head(initial, 2);

        Dataset Decode(Dataset samples) =>
            new(activation.Run(Obfuscation.Undo(published.Run(samples.Samples, 2, Cancellation), key), 2, Cancellation), samples.Labels.AsSpan(), 3);
        var (training, validation) = (Decode(Bars(300, 3, 2)), Decode(Bars(200, 3, 3)));
        var tuned = Trainer.FineTune(training, head, Recipe with { Epochs = 25 }, 2, Cancellation).Graph;
        var accuracy = Accuracy.Of(Network.Create(tuned, Limits), validation, 2, Cancellation);
        Assert.True(accuracy.Lower > 0.7, $"{accuracy.Value}");
        Assert.Equal(tuned.Write(), Trainer.FineTune(training, head, Recipe with { Epochs = 25 }, 1, Cancellation).Graph.Write());
    }

    [Fact]
    public void Training_starts_from_the_weights_of_the_head()
    {
        var head = new Graphs(new Random(4), null, 2, 6, 6).Conv(2, 3, 3, 1).Node("Relu").Node("Flatten").Dense(108, 8).Node("Relu").Node("Dropout").Dense(8, 5).Node("Softmax").Build();
        var samples = new Dataset(Graphs.Draw(new Random(5), 4, 2, 6, 6), [0, 1, 1, 0], 2);
        // Steps so small that they round to nothing.
        var tuned = Trainer.FineTune(samples, head, Recipe with { Epochs = 1, LearningRate = 1e-20f, Dropout = 0.5f }, 1, Cancellation).Graph;
        Assert.Equal(["Conv", "Relu", "Flatten", "Gemm", "Relu", "Gemm"], tuned.Nodes.Select(node => node.Operator));
        Assert.Equal(head.Weights["w0"].Values.ToArray(), tuned.Weights["layer0.weight"].Values.ToArray());
        Assert.Equal(head.Weights["w3"].Values.ToArray(), tuned.Weights["layer3.bias"].Values.ToArray());
        Assert.Equal(new Shape(8, 2), tuned.Weights["layer5.weight"].Shape);
        for (var i = 0; i < 108; i++)
        {
            Assert.Equal(head.Weights["w2"].Values[(3 * 108) + i], tuned.Weights["layer3.weight"].Values[(i * 8) + 3]);
        }
    }

    [Fact]
    public void A_head_that_cannot_be_trained_is_refused_by_its_node()
    {
        var random = new Random(6);
        var images = new Dataset(Graphs.Draw(random, 4, 2, 6, 6), [0, 1, 1, 0], 2);
        Refused("(BatchNormalization): it cannot be trained", images, new Graphs(random, null, 2, 6, 6).BatchNormalization(2).Node("Flatten").Dense(72, 2));
        var grouped = new Graphs(random, null, 2, 6, 6);
        Refused("one group", images, grouped.Node("Conv", ["x", grouped.Weight(2, 1, 3, 3)], ("group", 2L)).Node("Flatten").Dense(32, 2));
        var shortcut = new Graphs(random, null, 2, 6, 6).Node("Relu").Node("Add", ["x", "v0"]).Node("Flatten").Dense(72, 2);
        Refused("cannot be trained", images, new Graphs(random, null, 2, 6, 6).Node("MaxPool", null, ("kernel_shape", new long[] { 3, 3 }), ("strides", new long[] { 2, 2 })).Node("Flatten").Dense(8, 2));
        Refused("does not take the result of the node before it", images, shortcut);
        Refused("has no linear layer", images, new Graphs(random, null, 2, 6, 6).Node("Relu"));
        Refused("Give it the features of the extractor", images, new Graphs(random, null, 60).Node("Flatten").Dense(60, 8).Node("Relu").Dense(8, 2));
    }

    private static void Refused(string reason, Dataset samples, Graphs head) =>
        Assert.Contains(reason, Assert.Throws<TrainingException>(() => Trainer.FineTune(samples, head.Build(), Recipe, 1, Cancellation)).Message, StringComparison.Ordinal);

    /// <summary>Noise with a bar: general ones lie in one of four directions, the task's in one of three lengths.</summary>
    private static Dataset Bars(int count, int classes, int seed)
    {
        const int Side = 10;
        var random = new Random(seed);
        var features = Graphs.Draw(random, count, 1, Side, Side);
        var labels = new int[count];
        for (var i = 0; i < count; i++)
        {
            labels[i] = random.Next(classes);
            var (direction, length) = classes == 4 ? (labels[i], 4) : (random.Next(2), 2 + (3 * labels[i]));
            int x = random.Next(Side - length + 1), y = random.Next(Side - length + 1);
            for (var step = 0; step < length; step++)
            {
                var row = direction switch { 0 => y, 3 => y + length - 1 - step, _ => y + step };
                features.Values[(i * Side * Side) + (row * Side) + (direction == 1 ? x : x + step)] += 3;
            }
        }

        return new Dataset(features, labels, classes);
    }
}
