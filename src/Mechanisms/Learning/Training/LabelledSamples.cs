using System.Collections.Immutable;

namespace Mechanisms.Learning.Training;

/// <summary>Features with the class that each sample belongs to.</summary>
public sealed class LabelledSamples
{
    /// <summary>Checks features and labels.</summary>
    /// <param name="features">Samples first; at least one sample, every value finite.</param>
    /// <param name="labels">A class from 0 to below <paramref name="classes"/> for each sample.</param>
    /// <param name="classes">How many classes the task has, 2 or more.</param>
    /// <exception cref="TrainingException">The numbers of features and labels differ, a feature is not finite, or a label is out of range.</exception>
    public LabelledSamples(Tensor features, ReadOnlySpan<int> labels, int classes)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (features.Shape.Rank < 2 || features.Shape.Count == 0)
        {
            throw new TrainingException($"Features of {features.Shape} cannot be learnt from: there must be samples, each with at least one feature.");
        }

        if (labels.Length != features.Shape[0])
        {
            throw new TrainingException($"There are {labels.Length} labels for {features.Shape[0]} samples.");
        }

        if (classes < 2)
        {
            throw new TrainingException($"A task has at least 2 classes, not {classes}.");
        }

        for (var i = 0; i < labels.Length; i++)
        {
            if (labels[i] < 0 || labels[i] >= classes)
            {
                throw new TrainingException($"Sample {i} has the label {labels[i]}; with {classes} classes labels go from 0 to {classes - 1}.");
            }
        }

        var broken = Array.FindIndex(features.Data, value => !float.IsFinite(value));
        if (broken >= 0)
        {
            var size = features.Shape.Count / features.Shape[0];
            throw new TrainingException($"Feature {broken % size} of sample {broken / size} is {features.Data[broken]}: every feature must be a finite number.");
        }

        Features = features;
        Labels = [.. labels];
        Classes = classes;
    }

    /// <summary>Samples first.</summary>
    public Tensor Features { get; }

    /// <summary>The class of each sample.</summary>
    public ImmutableArray<int> Labels { get; }

    /// <summary>How many classes the task has.</summary>
    public int Classes { get; }

    /// <summary>How many samples there are.</summary>
    public int Count => Labels.Length;

    /// <summary>The extents of one sample.</summary>
    public Shape SampleShape => new(Features.Shape.Extents.AsSpan()[1..]);
}
