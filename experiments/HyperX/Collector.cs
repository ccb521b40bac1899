using Glyphs;
using Mechanisms.Datasets;
using Mechanisms.Learning;
using Mechanisms.Learning.Extraction;
using Mechanisms.Learning.Onnx;
using Mechanisms.Learning.Scores;
using Mechanisms.Learning.Training;

namespace Experiments.HyperX;

/// <summary>The collector of one seed: its task, its pre-trained model, and the three ways to score a provider.</summary>
internal sealed class Collector
{
    private static readonly OnnxLimits Limits = new();

    private readonly Setup setup;
    private readonly int seed;
    private readonly Extraction extraction;
    private readonly Dataset validation;

    private Collector(Setup setup, LearningTask task, OnnxGraph model, int seed, CancellationToken cancellation)
    {
        (this.setup, Task, Model, this.seed) = (setup, task, model, seed);
        extraction = new Extraction(model, setup.Layers, seed);
        validation = extraction.Plain(task.Validation, cancellation);
    }

    /// <summary>What the session is about.</summary>
    public LearningTask Task { get; }

    /// <summary>M_init.</summary>
    public OnnxGraph Model { get; }

    /// <summary>Draws the task of a seed and trains M_init on its generic images.</summary>
    public static Collector Create(Setup setup, TaskSource source, int seed, CancellationToken cancellation)
    {
        var task = source.Draw(setup, seed);
        var model = PretrainedModel.Train(task.Generic, setup.Pretraining with { Seed = (ulong)seed }, 1, cancellation);
        return new Collector(setup, task, model, seed, cancellation);
    }

    /// <summary>A network from scratch on all that the provider has, which no provider would show before the deal.</summary>
    public double TrainWhole(Dataset data, CancellationToken cancellation) => Scratch(data, setup.WholeRecipe, cancellation);

    /// <summary>The same network on the sampled part, shown as it is.</summary>
    public double ScratchSubset(Dataset sample, CancellationToken cancellation) => Scratch(sample, setup.SubsetRecipe, cancellation);

    /// <summary>A small network on features of the sampled part that went through the obfuscated extractor.</summary>
    public double HyperX(Dataset sample, CancellationToken cancellation) =>
        Evaluation.Score(extraction.Restored(sample, cancellation), validation, null, Seeded(setup.Evaluation), 1, cancellation).Value;

    /// <summary>Accuracy of a graph that takes images.</summary>
    public static double Accuracy(OnnxGraph graph, Dataset data, CancellationToken cancellation) =>
        Mechanisms.Learning.Scores.Accuracy.Of(Network.Create(graph, Limits), data, 1, cancellation).Value;

    /// <summary>A network from scratch as Train-Whole makes it.</summary>
    public OnnxGraph Classifier(Dataset data, TrainingRecipe recipe, CancellationToken cancellation) =>
        Trainer.Train(data, Setup.Scratch(data.Classes), Seeded(recipe), 1, cancellation).Graph;

    private double Scratch(Dataset data, TrainingRecipe recipe, CancellationToken cancellation) =>
        Accuracy(Classifier(data, recipe, cancellation), Task.Validation, cancellation);

    private TrainingRecipe Seeded(TrainingRecipe recipe) => recipe with { Seed = (ulong)seed };
}
