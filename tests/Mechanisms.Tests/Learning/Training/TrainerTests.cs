using Mechanisms.Datasets;
using Mechanisms.Learning;
using Mechanisms.Learning.Onnx;
using Mechanisms.Learning.Scores;
using Mechanisms.Learning.Training;

namespace Mechanisms.Tests.Learning.Training;

public class TrainerTests
{
    private static readonly TrainingRecipe Recipe = new() { Epochs = 12, BatchSize = 24, HiddenLayers = [32], Dropout = 0.2f, LearningRate = 5e-3f, Seed = 17 };

    private static readonly LayerSpec[] Convolutional =
    [
        new LayerSpec.Conv2D(8, 3, 1, 1), new LayerSpec.Relu(), new LayerSpec.MaxPool(2), new LayerSpec.Conv2D(8, 3), new LayerSpec.Relu(), new LayerSpec.Flatten(), new LayerSpec.Dense(3),
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void A_dense_network_learns_what_a_linear_one_cannot_and_answers_the_same_as_a_file()
    {
        var (training, validation) = (Rings(400, 1), Rings(300, 2));
        var trained = Trainer.Train(training, Recipe with { Epochs = 60, Dropout = 0 }, 2, Cancellation);
        Assert.True(trained.Losses[^1] < trained.Losses[0] / 3, $"{trained.Losses[0]} to {trained.Losses[^1]}");
        var read = Network.Create(OnnxGraph.Read(trained.Graph.Write(), new OnnxLimits()), new OnnxLimits());
        var accuracy = Accuracy.Of(read, validation, 2, Cancellation);
        Assert.True(accuracy.Lower > 0.9, $"{accuracy.Value}");
        Assert.Equal(accuracy, Accuracy.Of(Network.Create(trained.Graph, new OnnxLimits()), validation, 1, Cancellation));
        var linear = Trainer.Train(training, Recipe with { HiddenLayers = [] }, 2, Cancellation);
        Assert.True(Accuracy.Of(Network.Create(linear.Graph, new OnnxLimits()), validation, 2, Cancellation).Upper < 0.8);
    }

    [Fact]
    public void A_convolutional_network_learns_patterns_wherever_they_are()
    {
        var trained = Trainer.Train(Stripes(300, 3), Convolutional, Recipe, 2, Cancellation);
        var accuracy = Accuracy.Of(Network.Create(trained.Graph, new OnnxLimits()), Stripes(200, 4), 2, Cancellation);
        Assert.True(accuracy.Lower > 0.9, $"{accuracy.Value}");
    }

    [Fact]
    public void The_same_recipe_gives_the_same_bits_on_any_number_of_threads_and_another_seed_others()
    {
        var rings = Rings(150, 5);
        var images = Stripes(130, 6);
        var files = new[] { 1, 2, 3 }.Select(threads => (Dense: Trainer.Train(rings, Recipe, threads, Cancellation).Graph.Write(), Convolutional: Trainer.Train(images, Convolutional, Recipe with { Epochs = 3, BatchSize = 64 }, threads, Cancellation).Graph.Write())).ToList();
        Assert.All(files, file => Assert.Equal(files[0].Dense, file.Dense));
        Assert.All(files, file => Assert.Equal(files[0].Convolutional, file.Convolutional));
        Assert.NotEqual(files[0].Dense, Trainer.Train(rings, Recipe with { Seed = 18 }, 2, Cancellation).Graph.Write());
    }

    [Fact]
    public void Poor_samples_are_refused_before_training()
    {
        var features = Graphs.Draw(new Random(1), 4, 3);
        features.Values[7] = float.NaN;
        Refused("Number 1 of sample 2 is NaN", () => new Dataset(features, [0, 1, 0, 1], 2));
        features.Values[7] = float.NegativeInfinity;
        Refused("Number 1 of sample 2 is -", () => new Dataset(features, [0, 1, 0, 1], 2));
        features.Values[7] = 1;
        Refused("3 labels for 4 samples", () => new Dataset(features, [0, 1, 0], 2));
        Refused("Sample 3 has the label 2", () => new Dataset(features, [0, 1, 0, 2], 2));
        Refused("Sample 0 has the label -1", () => new Dataset(features, [-1, 1, 0, 0], 2));
        Refused("at least 2 classes", () => new Dataset(features, [0, 0, 0, 0], 1));
        Refused("cannot be learned from", () => new Dataset(new Tensor(new Shape(0, 3)), [], 2));
        Refused("All 4 samples are of class 1", () => Trainer.Train(new Dataset(features, [1, 1, 1, 1], 2), Recipe, 1, Cancellation));
    }

    [Fact]
    public void Recipes_and_layers_that_cannot_be_are_refused_by_name()
    {
        var samples = Rings(20, 7);
        Refused("Epochs is 0", () => Trainer.Train(samples, Recipe with { Epochs = 0 }, 1, Cancellation));
        Refused("BatchSize is -1", () => Trainer.Train(samples, Recipe with { BatchSize = -1 }, 1, Cancellation));
        Refused("LearningRate is NaN", () => Trainer.Train(samples, Recipe with { LearningRate = float.NaN }, 1, Cancellation));
        Refused("Dropout is 1", () => Trainer.Train(samples, Recipe with { Dropout = 1 }, 1, Cancellation));
        Refused("HiddenLayers is 8, 0", () => Trainer.Train(samples, Recipe with { HiddenLayers = [8, 0] }, 1, Cancellation));
        Refused("Layer 0 (Conv2D", () => Trainer.Train(samples, Convolutional, Recipe, 1, Cancellation));
        Refused("Layer 1 (MaxPool", () => Trainer.Train(Stripes(9, 1), [new LayerSpec.Relu(), new LayerSpec.MaxPool(40)], Recipe, 1, Cancellation));
        Refused("5 outputs for 2 classes", () => Trainer.Train(samples, [new LayerSpec.Dense(5)], Recipe, 1, Cancellation));
        Refused("at most 67108864", () => Trainer.Train(samples, [new LayerSpec.Dense(60_000), new LayerSpec.Dense(60_000)], Recipe, 1, Cancellation));
        Assert.Throws<OperationCanceledException>(() => Trainer.Train(samples, Recipe, 1, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void A_training_that_diverges_says_so()
    {
        var features = Graphs.Draw(new Random(1), 40, 3);
        foreach (ref var value in features.Values)
        {
            value *= 3e38f;
        }

        var samples = new Dataset(features, [.. Enumerable.Range(0, 40).Select(i => i % 2)], 2);
        Refused("Lower the learning rate", () => Trainer.Train(samples, Recipe with { LearningRate = 1, HiddenLayers = [16, 16] }, 1, Cancellation));
    }

    private static void Refused(string reason, Func<object> action) => Assert.Contains(reason, Assert.Throws<TrainingException>(action).Message, StringComparison.Ordinal);

    /// <summary>A disc and a ring around it.</summary>
    private static Dataset Rings(int count, int seed)
    {
        var features = Graphs.Draw(new Random(seed), count, 2);
        return new Dataset(features, [.. Enumerable.Range(0, count).Select(i => MathF.Sqrt((features.Values[2 * i] * features.Values[2 * i]) + (features.Values[(2 * i) + 1] * features.Values[(2 * i) + 1])) < 0.75f ? 0 : 1)], 2);
    }

    /// <summary>Noise with a short horizontal, vertical or diagonal stroke somewhere.</summary>
    private static Dataset Stripes(int count, int seed)
    {
        const int Side = 10;
        var random = new Random(seed);
        var features = Graphs.Draw(random, count, 1, Side, Side);
        var labels = new int[count];
        for (var i = 0; i < count; i++)
        {
            labels[i] = random.Next(3);
            int x = random.Next(5), y = random.Next(5);
            for (var step = 0; step < 5; step++)
            {
                features.Values[(i * Side * Side) + ((y + (labels[i] == 0 ? 0 : step)) * Side) + x + (labels[i] == 1 ? 0 : step)] += 3;
            }
        }

        return new Dataset(features, labels, 3);
    }
}
