using System.Collections.Immutable;
using Mechanisms.Learning;
using Mechanisms.Learning.Training;

namespace Mechanisms.Datasets;

/// <summary>Samples of one shape, images or features, with the class that each belongs to.</summary>
public sealed class Dataset
{
    /// <summary>Checks samples and labels; the samples are used, not copied.</summary>
    /// <param name="samples">Samples first; at least one, each with at least one number, all of them finite.</param>
    /// <param name="labels">A class from 0 to below <paramref name="classes"/> for each sample.</param>
    /// <param name="classes">How many classes the task has, 2 or more, whether or not all of them occur.</param>
    /// <exception cref="TrainingException">The numbers of samples and labels differ, a number is not finite, or a label is out of range.</exception>
    public Dataset(Tensor samples, ReadOnlySpan<int> labels, int classes)
    {
        ArgumentNullException.ThrowIfNull(samples);
        if (samples.Shape.Rank < 2 || samples.Shape.Count == 0)
        {
            throw new TrainingException($"Samples of {samples.Shape} cannot be learned from: there must be samples, each with at least one number.");
        }

        if (labels.Length != samples.Shape[0])
        {
            throw new TrainingException($"There are {labels.Length} labels for {samples.Shape[0]} samples.");
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

        SampleShape = new Shape(samples.Shape.Extents.AsSpan()[1..]);
        var broken = Array.FindIndex(samples.Data, value => !float.IsFinite(value));
        if (broken >= 0)
        {
            throw new TrainingException($"Number {broken % SampleShape.Count} of sample {broken / SampleShape.Count} is {samples.Data[broken]}: every number must be finite.");
        }

        (Samples, Labels, Classes) = (samples, [.. labels], classes);
    }

    /// <summary>All samples, samples first; images as N × C × H × W.</summary>
    public Tensor Samples { get; }

    /// <summary>The class of each sample.</summary>
    public ImmutableArray<int> Labels { get; }

    /// <summary>How many classes the task has, whether or not all of them occur.</summary>
    public int Classes { get; }

    /// <summary>How many samples there are, 1 or more.</summary>
    public int Count => Labels.Length;

    /// <summary>The extents of one sample.</summary>
    public Shape SampleShape { get; }

    /// <summary>The numbers of one sample.</summary>
    public ReadOnlySpan<float> Sample(int index) => Samples.Values.Slice(index * SampleShape.Count, SampleShape.Count);

    /// <summary>A copy of some of the samples, in this order.</summary>
    /// <param name="indices">At least one; the same may stand there twice.</param>
    public Dataset Select(ReadOnlySpan<int> indices)
    {
        var samples = new Tensor(Samples.Shape.WithFirst(indices.Length));
        var labels = new int[indices.Length];
        for (var i = 0; i < indices.Length; i++)
        {
            Sample(indices[i]).CopyTo(samples.Values[(i * SampleShape.Count)..]);
            labels[i] = Labels[indices[i]];
        }

        return new Dataset(samples, labels, Classes);
    }

    /// <summary>The samples of all of them, one after the other.</summary>
    /// <param name="parts">At least one; alike in shape and classes.</param>
    /// <exception cref="TrainingException">They are not alike.</exception>
    public static Dataset Concatenate(IReadOnlyList<Dataset> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        ArgumentOutOfRangeException.ThrowIfZero(parts.Count, nameof(parts));
        var first = parts[0];
        if (parts.FirstOrDefault(part => !part.SampleShape.Equals(first.SampleShape) || part.Classes != first.Classes) is { } other)
        {
            throw new TrainingException($"Samples of {other.SampleShape} in {other.Classes} classes cannot follow samples of {first.SampleShape} in {first.Classes} classes.");
        }

        var samples = new Tensor(first.Samples.Shape.WithFirst(parts.Sum(part => part.Count)));
        var at = 0;
        foreach (var part in parts)
        {
            part.Samples.Values.CopyTo(samples.Values[at..]);
            at += part.Samples.Shape.Count;
        }

        return new Dataset(samples, parts.SelectMany(part => part.Labels).ToArray(), first.Classes);
    }

    /// <summary>
    /// Joins the array of samples with the array of their labels. Unsigned bytes count as pixels and are scaled to 0..1; grey images
    /// without a dimension for channels get one.
    /// </summary>
    /// <param name="samples">First dimension: the samples.</param>
    /// <param name="labels">One dimension, as long.</param>
    /// <exception cref="DatasetFileException">The two contradict each other, or hold what cannot be learned from.</exception>
    public static Dataset Of(NumericArray samples, NumericArray labels, int classes)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(labels);
        if (samples.Shape.Length < 2 || samples.Shape.Contains(0))
        {
            throw new DatasetFileException(samples.File, 0, $"the shape ({string.Join(", ", samples.Shape)}) is not one of samples: a number of them and the dimensions of each.");
        }

        if (labels.Shape is not [var count] || count != samples.Shape[0])
        {
            throw new DatasetFileException(labels.File, 0, $"{samples.Shape[0]} samples in {samples.File} need as many labels in one dimension; the shape here is ({string.Join(", ", labels.Shape)}).");
        }

        var shape = samples.Shape.Length == 3 ? samples.Shape.Insert(1, 1) : samples.Shape;
        return new Dataset(new Tensor(new Shape(shape.AsSpan()), samples.ToSingles(samples.Type == ElementType.U8 ? 255 : 1)), labels.ToLabels(classes), classes);
    }
}
