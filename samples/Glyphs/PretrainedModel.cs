using System.Collections.Immutable;
using Mechanisms.Datasets;
using Mechanisms.Learning.Onnx;
using Mechanisms.Learning.Training;

namespace Glyphs;

/// <summary>M_init of HyperX (Li et al., §3.1.1): a small network that has learned to see on images that are not the task's.</summary>
public static class PretrainedModel
{
    private const int Samples = 3900;

    private static readonly TrainingRecipe Recipe = new() { Epochs = 8, BatchSize = 32, LearningRate = 2e-3f };

    /// <summary>Trains the network on generic glyphs, in about ten seconds on one core. The same seed gives the same weights.</summary>
    /// <param name="seed">Draws the glyphs and the initial weights.</param>
    /// <param name="threads">How many threads may work; the result does not depend on it.</param>
    /// <param name="cancellation">Stops the training.</param>
    /// <returns>Six trainable layers; takes images of 1 × 20 × 20, gives a logit for each of the 26 generic glyphs.</returns>
    public static OnnxGraph Train(int seed, int threads, CancellationToken cancellation) =>
        Train(Images.Generic(Samples, seed), Recipe with { Seed = (ulong)seed }, threads, cancellation);

    /// <summary>Trains the network on other images.</summary>
    /// <param name="generic">Images of at least 4 × 4 pixels, with any number of colours.</param>
    /// <param name="recipe">Epochs, batch size, learning rate and seed.</param>
    /// <inheritdoc cref="Train(int, int, CancellationToken)"/>
    /// <returns>Six trainable layers: four convolutions and two dense ones. On glyphs the fourth gives 400 numbers, as many as an image has pixels.</returns>
    public static OnnxGraph Train(Dataset generic, TrainingRecipe recipe, int threads, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(generic);
        return Trainer.Train(generic, Layers(generic.Classes), recipe, threads, cancellation).Graph;
    }

    private static ImmutableArray<LayerSpec> Layers(int classes) =>
    [
        new LayerSpec.Conv2D(8, 3, 1, 1), new LayerSpec.Relu(),
        new LayerSpec.Conv2D(16, 3, 1, 1), new LayerSpec.Relu(), new LayerSpec.MaxPool(2),
        new LayerSpec.Conv2D(24, 3, 1, 1), new LayerSpec.Relu(), new LayerSpec.MaxPool(2),
        new LayerSpec.Conv2D(16, 3, 1, 1), new LayerSpec.Relu(),
        new LayerSpec.Flatten(), new LayerSpec.Dense(64), new LayerSpec.Relu(), new LayerSpec.Dense(classes),
    ];
}
