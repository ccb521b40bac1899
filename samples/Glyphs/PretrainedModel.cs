using Mechanisms.Learning.Onnx;
using Mechanisms.Learning.Training;

namespace Glyphs;

/// <summary>M_init of HyperX (Li et al., §3.1.1): a network that has learned to see strokes on signs that are not the task's.</summary>
public static class PretrainedModel
{
    private const int Samples = 3900;

    private static readonly LayerSpec[] Layers =
    [
        new LayerSpec.Conv2D(8, 3, 1, 1), new LayerSpec.Relu(),
        new LayerSpec.Conv2D(16, 3, 1, 1), new LayerSpec.Relu(), new LayerSpec.MaxPool(2),
        new LayerSpec.Conv2D(32, 3, 1, 1), new LayerSpec.Relu(), new LayerSpec.MaxPool(2),
        new LayerSpec.Flatten(), new LayerSpec.Dense(128), new LayerSpec.Relu(), new LayerSpec.Dense(26),
    ];

    /// <summary>Trains the network on generic glyphs, in about ten seconds on one core. The same seed gives the same weights.</summary>
    /// <param name="seed">Draws the glyphs and the initial weights.</param>
    /// <param name="threads">How many threads may work; the result does not depend on it.</param>
    /// <param name="cancellation">Stops the training.</param>
    /// <returns>Five trainable layers; takes images of 1 × 20 × 20, gives a logit for each of the 26 generic glyphs.</returns>
    public static OnnxGraph Train(int seed, int threads, CancellationToken cancellation)
    {
        var recipe = new TrainingRecipe { Epochs = 8, BatchSize = 32, LearningRate = 1e-3f, Seed = (ulong)seed };
        return Trainer.Train(Images.Generic(Samples, seed), Layers, recipe, threads, cancellation).Graph;
    }
}
