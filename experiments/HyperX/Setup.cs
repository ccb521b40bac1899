using System.Collections.Immutable;
using Mechanisms.Learning.Training;

namespace Experiments.HyperX;

/// <summary>Sizes and recipes. They were chosen on unspoilt data (Tables 5 and 6), before any group of providers was looked at.</summary>
internal sealed record Setup
{
    /// <summary>Samples that each provider has.</summary>
    public int Whole { get; init; } = 2000;

    /// <summary>The collector's validation samples.</summary>
    public int Validation { get; init; } = 1500;

    /// <summary>Generic images that M_init learns from.</summary>
    public int Generic { get; init; } = 3900;

    /// <summary>Per cent of its samples that a provider discloses features of; the last is taken for the other tables.</summary>
    public ImmutableArray<int> Percents { get; init; } = [4, 10];

    /// <summary>The percentages of Table 6.</summary>
    public ImmutableArray<int> SamplingPercents { get; init; } = [1, 2, 4, 6, 8, 10, 20, 50, 100];

    /// <summary>K: how many layers of M_init the providers get.</summary>
    public int Layers { get; init; } = 4;

    /// <summary>Auxiliary images of an inversion, and as many to be recovered.</summary>
    public int Inverted { get; init; } = 600;

    /// <summary>How M_init is trained.</summary>
    public TrainingRecipe Pretraining { get; init; } = new() { Epochs = 8, BatchSize = 32, LearningRate = 2e-3f };

    /// <summary>M_eval on features: the layers of the paper's Table 2 (Dense, Dropout 0.5, Dense) and its optimiser.</summary>
    public TrainingRecipe Evaluation { get; init; } = new() { Epochs = 60, BatchSize = 16, HiddenLayers = [128], Dropout = 0.5f };

    /// <summary>Train-Whole.</summary>
    public TrainingRecipe WholeRecipe { get; init; } = new() { Epochs = 15, BatchSize = 32 };

    /// <summary>Scratch-Subset: more epochs of smaller steps than Train-Whole, or it would hardly move on so few samples.</summary>
    public TrainingRecipe SubsetRecipe { get; init; } = new() { Epochs = 60, BatchSize = 16 };

    /// <summary>The network of Train-Whole and Scratch-Subset, as small as the images ask for: the paper's for MNIST with a pool after each convolution.</summary>
    public static ImmutableArray<LayerSpec> Scratch(int classes) =>
    [
        new LayerSpec.Conv2D(8, 3, 1, 1), new LayerSpec.Relu(), new LayerSpec.MaxPool(2),
        new LayerSpec.Conv2D(16, 3, 1, 1), new LayerSpec.Relu(), new LayerSpec.MaxPool(2), new LayerSpec.Dropout(0.25f),
        new LayerSpec.Flatten(), new LayerSpec.Dense(64), new LayerSpec.Relu(), new LayerSpec.Dropout(0.5f), new LayerSpec.Dense(classes),
    ];

    /// <summary>Everything small: to see that it runs, not what comes out.</summary>
    public static Setup Quick { get; } = new()
    {
        Whole = 120,
        Validation = 100,
        Generic = 260,
        SamplingPercents = [10, 100],
        Inverted = 60,
        Pretraining = new() { Epochs = 1, LearningRate = 2e-3f },
        Evaluation = new() { Epochs = 4, BatchSize = 16, HiddenLayers = [16], Dropout = 0.5f },
        WholeRecipe = new() { Epochs = 1 },
        SubsetRecipe = new() { Epochs = 2, BatchSize = 16 },
    };
}
