using System.Collections.Immutable;

namespace Mechanisms.Learning.Training;

/// <summary>
/// How a network is trained. With the samples it determines the result to the last bit, on any machine and with any
/// number of threads; so one recipe for all providers makes their scores comparable, and a third party can recompute them.
/// </summary>
public sealed record TrainingRecipe
{
    /// <summary>Passes over the samples, 1 to 10,000. Default 20.</summary>
    public int Epochs { get; init; } = 20;

    /// <summary>Samples of a step, 1 to 4,096. Default 32. An epoch's last step takes what remains.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Adam's step size, above 0 up to 1. Default 0.001.</summary>
    public float LearningRate { get; init; } = 1e-3f;

    /// <summary>The share of hidden units left out of each step, from 0 to below 1. Default 0.</summary>
    public float Dropout { get; init; }

    /// <summary>Units of each hidden layer, 1 to 65,536, first to last; none is a linear classifier.</summary>
    public ImmutableArray<int> HiddenLayers { get; init; } = [];

    /// <summary>Decides the initial weights, the order of the samples and what is dropped.</summary>
    public ulong Seed { get; init; }

    /// <summary>The layers that the recipe stands for: the features as one row, then a Dense, Relu and Dropout for each hidden layer, then a Dense with a unit for each class.</summary>
    /// <param name="classes">How many classes the task has.</param>
    public ImmutableArray<LayerSpec> Layers(int classes)
    {
        Check();
        var layers = ImmutableArray.CreateBuilder<LayerSpec>();
        layers.Add(new LayerSpec.Flatten());
        foreach (var units in HiddenLayers)
        {
            layers.Add(new LayerSpec.Dense(units));
            layers.Add(new LayerSpec.Relu());
            if (Dropout > 0)
            {
                layers.Add(new LayerSpec.Dropout(Dropout));
            }
        }

        layers.Add(new LayerSpec.Dense(classes));
        return layers.ToImmutable();
    }

    /// <summary>Throws unless every number is in its range.</summary>
    /// <exception cref="TrainingException">One is not.</exception>
    internal void Check()
    {
        Require(Epochs is >= 1 and <= 10_000, nameof(Epochs), Epochs, "from 1 to 10,000");
        Require(BatchSize is >= 1 and <= 4_096, nameof(BatchSize), BatchSize, "from 1 to 4,096");
        Require(LearningRate is > 0 and <= 1, nameof(LearningRate), LearningRate, "above 0 and up to 1");
        Require(Dropout is >= 0 and < 1, nameof(Dropout), Dropout, "from 0 to below 1");
        Require(!HiddenLayers.IsDefault && HiddenLayers.Length <= 16 && HiddenLayers.All(units => units is >= 1 and <= 65_536), nameof(HiddenLayers), HiddenLayers.IsDefault ? "not given" : string.Join(", ", HiddenLayers.Take(17)), "up to 16 layers of 1 to 65,536 units");
    }

    private static void Require(bool met, string name, object value, string range)
    {
        if (!met)
        {
            throw new TrainingException($"The recipe's {name} is {value}; it must be {range}.");
        }
    }
}
