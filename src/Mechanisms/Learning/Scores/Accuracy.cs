using System.Numerics.Tensors;
using Mechanisms.Datasets;
using Mechanisms.Learning.Training;

namespace Mechanisms.Learning.Scores;

/// <summary>The share of samples that a model puts into the right class, with Wilson's 95 % interval.</summary>
/// <remarks>Wilson, JASA 22 (158), 1927: unlike the normal approximation it stays within [0, 1] and holds near both ends and for few samples.</remarks>
public readonly record struct Accuracy
{
    /// <summary>The 97.5 % quantile of the normal distribution.</summary>
    private const double Quantile = 1.959963984540054;

    /// <summary>The accuracy of some answers.</summary>
    /// <param name="correct">Right answers, from 0 to <paramref name="total"/>.</param>
    /// <param name="total">All answers, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The counts do not fit each other.</exception>
    public Accuracy(int correct, int total)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(total);
        ArgumentOutOfRangeException.ThrowIfNegative(correct);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(correct, total);
        (Correct, Total) = (correct, total);
    }

    /// <summary>Right answers.</summary>
    public int Correct { get; }

    /// <summary>All answers.</summary>
    public int Total { get; }

    /// <summary>The share of right answers, in [0, 1].</summary>
    public double Value => (double)Correct / Total;

    /// <summary>The interval's lower end.</summary>
    public double Lower => Math.Max(0, Centre - HalfWidth);

    /// <summary>The interval's upper end.</summary>
    public double Upper => Math.Min(1, Centre + HalfWidth);

    private double Scale => 1 + (Quantile * Quantile / Total);

    private double Centre => (Value + (Quantile * Quantile / (2.0 * Total))) / Scale;

    private double HalfWidth => Quantile / Scale * Math.Sqrt((Value * (1 - Value) / Total) + (Quantile * Quantile / (4.0 * Total * Total)));

    /// <summary>Counts how often a network's largest output is the label.</summary>
    /// <param name="classifier">Gives a number for each class.</param>
    /// <param name="validation">The collector's validation samples.</param>
    /// <param name="threads">How many threads may work.</param>
    /// <param name="cancellation">Stops the run.</param>
    /// <exception cref="TrainingException">The network gives something else than a number for each class.</exception>
    public static Accuracy Of(Network classifier, Dataset validation, int threads, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        ArgumentNullException.ThrowIfNull(validation);
        var logits = classifier.Run(validation.Samples, threads, cancellation);
        if (logits.Shape.Rank != 2 || logits.Shape[1] != validation.Classes)
        {
            throw new TrainingException($"The network gives {logits.Shape}; a number for each of {validation.Classes} classes is needed.");
        }

        var correct = 0;
        for (var i = 0; i < validation.Count; i++)
        {
            correct += TensorPrimitives.IndexOfMax(logits.Values.Slice(i * validation.Classes, validation.Classes)) == validation.Labels[i] ? 1 : 0;
        }

        return new Accuracy(correct, validation.Count);
    }
}
