using System.Collections.Immutable;

namespace Mechanisms.Datasets;

/// <summary>Labelled samples of one shape.</summary>
public sealed class Dataset
{
    private readonly float[] _values;
    private readonly int[] _labels;

    /// <param name="sampleShape">Dimensions of one sample, at least one, each at least 1.</param>
    /// <param name="classes">Number of classes, at least 2.</param>
    /// <param name="values">All samples one after the other, row-major, finite.</param>
    /// <param name="labels">A class per sample.</param>
    public Dataset(ImmutableArray<int> sampleShape, int classes, float[] values, int[] labels)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        SampleLength = sampleShape.Aggregate(1, (product, length) => length > 0 ? checked(product * length) : throw new ArgumentException("A dimension is empty.", nameof(sampleShape)));
        if (sampleShape.IsEmpty || values.Length != (long)labels.Length * SampleLength)
        {
            throw new ArgumentException($"{labels.Length} samples of shape ({string.Join(", ", sampleShape)}) are not {values.Length} numbers.", nameof(values));
        }

        if (labels.Any(l => l < 0 || l >= classes))
        {
            throw new ArgumentException($"A label is not 0 to {classes - 1}.", nameof(labels));
        }

        (SampleShape, Classes, _values, _labels) = (sampleShape, classes, values, labels);
    }

    /// <summary>Dimensions of one sample; images as channels × height × width.</summary>
    public ImmutableArray<int> SampleShape { get; }

    /// <summary>Numbers in one sample.</summary>
    public int SampleLength { get; }

    /// <summary>Number of classes, whether or not all of them occur.</summary>
    public int Classes { get; }

    /// <summary>Number of samples.</summary>
    public int Count => _labels.Length;

    /// <summary>All samples one after the other.</summary>
    public ReadOnlyMemory<float> Values => _values;

    /// <summary>A class per sample.</summary>
    public ReadOnlyMemory<int> Labels => _labels;

    /// <summary>One sample.</summary>
    public ReadOnlySpan<float> Sample(int index) => _values.AsSpan(index * SampleLength, SampleLength);

    /// <summary>Some of the samples, in this order.</summary>
    public Dataset Select(ReadOnlySpan<int> indices)
    {
        var values = new float[indices.Length * SampleLength];
        var labels = new int[indices.Length];
        for (var i = 0; i < indices.Length; i++)
        {
            Sample(indices[i]).CopyTo(values.AsSpan(i * SampleLength));
            labels[i] = _labels[indices[i]];
        }

        return new Dataset(SampleShape, Classes, values, labels);
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

        var shape = samples.Shape[1..];
        return new Dataset(
            shape.Length == 2 ? shape.Insert(0, 1) : shape, classes, samples.ToSingles(samples.Type == ElementType.U8 ? 255 : 1), labels.ToLabels(classes));
    }
}
