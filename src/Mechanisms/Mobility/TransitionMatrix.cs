namespace Mechanisms.Mobility;

/// <summary>A row-stochastic matrix: in row i, the probabilities of the next cell for somebody who is in cell i.</summary>
public sealed class TransitionMatrix
{
    private readonly double[] values;

    internal TransitionMatrix(int size, double[] values)
    {
        Size = size;
        this.values = values;
    }

    /// <summary>Rows and columns, n.</summary>
    public int Size { get; }

    /// <summary>The n × n probabilities by rows.</summary>
    public ReadOnlySpan<double> Values => values;

    /// <summary>The probability to be in one cell an interval after another.</summary>
    public double this[int from, int to] => Row(from)[to];

    /// <summary>The n probabilities of the next cell; their sum is 1 within 1e-12.</summary>
    public ReadOnlySpan<double> Row(int from)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(from, Size);
        return values.AsSpan(from * Size, Size);
    }

    /// <summary>The prediction ψ one interval later: ψ(j) = Σ p(i) T(i, j).</summary>
    /// <param name="present">p, n probabilities whose sum is 1 within 1e-9.</param>
    /// <returns>n probabilities; their sum is 1 within 1e-12.</returns>
    /// <exception cref="ArgumentException">It is no distribution over the n cells.</exception>
    public double[] Predict(ReadOnlySpan<double> present)
    {
        Distributions.ThrowIfNone(present, Size);
        var next = new double[Size];
        for (var from = 0; from < Size; from++)
        {
            var share = present[from];
            if (share > 0)
            {
                var row = Row(from);
                for (var to = 0; to < Size; to++)
                {
                    next[to] += share * row[to];
                }
            }
        }

        // What the given sum was off by is not passed on.
        Distributions.Smooth(next, smoothing: 0);
        return next;
    }
}

/// <summary>Numbers from 0 whose sum is 1.</summary>
internal static class Distributions
{
    private const double Tolerance = 1e-9;

    /// <summary>Adds a number to all of them and divides them by their sum; all are equal when that is 0.</summary>
    public static void Smooth(Span<double> numbers, double smoothing)
    {
        var sum = default(CompensatedSum);
        foreach (ref var number in numbers)
        {
            number += smoothing;
            sum.Add(number);
        }

        foreach (ref var number in numbers)
        {
            number = sum.Value > 0 ? number / sum.Value : 1.0 / numbers.Length;
        }
    }

    /// <summary>Refuses a smoothing that is negative, infinite or no number.</summary>
    public static void ThrowIfNoSmoothing(double smoothing)
    {
        // Beyond 2^53 the counts would vanish beside it.
        if (!(smoothing is >= 0 and <= 1L << 53))
        {
            throw new ArgumentOutOfRangeException(nameof(smoothing), smoothing, "From 0 to 2^53.");
        }
    }

    /// <summary>Refuses what is no distribution over so many cells.</summary>
    public static void ThrowIfNone(ReadOnlySpan<double> numbers, int cells)
    {
        if (numbers.Length != cells)
        {
            throw new ArgumentException($"The distribution has {numbers.Length} probabilities for {cells} cells.", nameof(numbers));
        }

        var sum = default(CompensatedSum);
        for (var i = 0; i < numbers.Length; i++)
        {
            sum.Add(numbers[i] is >= 0 and <= 1 + Tolerance ? numbers[i] : throw new ArgumentException($"Probability {i} is {numbers[i]}; it must be from 0 to 1.", nameof(numbers)));
        }

        if (!(Math.Abs(sum.Value - 1) <= Tolerance))
        {
            throw new ArgumentException($"The probabilities add up to {sum.Value}; it must be 1.", nameof(numbers));
        }
    }
}
