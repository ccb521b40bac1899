using Mechanisms.Datasets;
using Mechanisms.Learning;
using Mechanisms.Learning.Onnx;
using Mechanisms.Learning.Training;

namespace Bench.Learning;

/// <summary>Networks and data of the sizes that a session has.</summary>
internal static class Models
{
    /// <summary>The first four layers of VGG on images of 32 × 32: 96 million multiply-adds for an image.</summary>
    public static readonly LayerSpec[] Vgg =
    [
        Conv(64), new LayerSpec.Relu(), Conv(64), new LayerSpec.Relu(), new LayerSpec.MaxPool(2),
        Conv(128), new LayerSpec.Relu(), Conv(128), new LayerSpec.Relu(), new LayerSpec.MaxPool(2),
    ];

    /// <summary>A small network for images of 28 × 28: 2.1 million multiply-adds for an image.</summary>
    public static readonly LayerSpec[] Small = [Conv(16), new LayerSpec.Relu(), new LayerSpec.MaxPool(2), Conv(32), new LayerSpec.Relu(), new LayerSpec.MaxPool(2)];

    /// <summary>Layers with random weights as a graph.</summary>
    public static OnnxGraph Graph(Shape sample, LayerSpec[] layers)
    {
        var samples = new Dataset(Draw(new Shape([2, .. sample.Extents]), 1), [0, 1], 2);
        var graph = Trainer.Train(samples, [.. layers, new LayerSpec.Flatten(), new LayerSpec.Dense(2)], new TrainingRecipe { Epochs = 1, Seed = 1 }, 2, CancellationToken.None).Graph;
        var last = graph.Nodes[^3];
        var kept = graph.Nodes[..^2];
        var used = kept.SelectMany(node => node.Inputs).ToHashSet(StringComparer.Ordinal);
        return graph with { Nodes = kept, Output = last.Outputs[0], Weights = graph.Weights.RemoveRange(graph.Weights.Keys.Where(name => !used.Contains(name))) };
    }

    /// <summary>Evenly distributed values from 0 to 1.</summary>
    public static Tensor Draw(Shape shape, int seed)
    {
        var random = new Random(seed);
        var tensor = new Tensor(shape);
        foreach (ref var value in tensor.Values)
        {
            value = random.NextSingle();
        }

        return tensor;
    }

    /// <summary>Random samples of ten classes.</summary>
    public static Dataset Samples(int count, Shape sample, int seed)
    {
        var random = new Random(seed);
        return new Dataset(Draw(new Shape([count, .. sample.Extents]), seed), [.. Enumerable.Range(0, count).Select(_ => random.Next(10))], 10);
    }

    private static LayerSpec.Conv2D Conv(int channels) => new(channels, 3, 1, 1);
}
