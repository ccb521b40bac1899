using System.Numerics;
using System.Numerics.Tensors;

namespace Mechanisms.PrivacyGame;

/// <summary>Euclidean projections on simplices.</summary>
internal static class Simplex
{
    private const int MaxSteps = 100;

    /// <summary>Replaces a vector by the nearest one that is at least 0 and sums to <paramref name="size"/> (Michelot, JOTA 50, 1986).</summary>
    public static void Project(Span<double> vector, double size)
    {
        var threshold = Threshold(vector, size, out _);
        TensorPrimitives.Subtract(vector, threshold, vector);
        TensorPrimitives.Max(vector, 0, vector);
    }

    /// <summary>
    /// Projects all rows at once on the cone {(Y, λ): Y ≥ 0, every row sums to λ}, where λ costs −gain for each unit: the λ is looked for at which the rows' thresholds
    /// sum to −gain. That is a root of a piecewise linear, increasing function, which Newton's method finds.
    /// </summary>
    /// <param name="rows">width-long rows, replaced.</param>
    /// <param name="guess">Where to begin.</param>
    /// <returns>λ, at least 0.</returns>
    public static double ProjectTogether(Span<double> rows, int width, double gain, double guess)
    {
        var size = Math.Max(guess, 0);
        for (var step = 0; step < MaxSteps; step++)
        {
            double value = -gain, slope = 0;
            for (var row = 0; row < rows.Length; row += width)
            {
                value -= Threshold(rows.Slice(row, width), size, out var active);
                slope += 1.0 / active;
            }

            var next = Math.Max(size - (value / slope), 0);
            if (Math.Abs(next - size) <= 1e-14 * (1 + size))
            {
                break;
            }

            size = next;
        }

        for (var row = 0; row < rows.Length; row += width)
        {
            Project(rows.Slice(row, width), size);
        }

        return size;
    }

    /// <summary>τ with Σ max(v − τ, 0) = size, by Newton's method from below: the sum is convex in τ, so it never goes too far.</summary>
    private static double Threshold(ReadOnlySpan<double> vector, double size, out int active)
    {
        active = vector.Length;
        var threshold = Math.Max((TensorPrimitives.Sum(vector) - size) / active, TensorPrimitives.Max(vector) - size);
        for (var step = 0; step < MaxSteps; step++)
        {
            var (sum, above) = Above(vector, threshold);
            if (above == 0)
            {
                // Only for a size of 0, or one that rounding swallows: the largest entry alone would grow.
                active = 1;
                return threshold;
            }

            active = above;
            var next = (sum - size) / above;
            if (next <= threshold)
            {
                return next;
            }

            threshold = next;
        }

        return threshold;
    }

    /// <summary>Sum and number of what is above a threshold.</summary>
    private static (double Sum, int Count) Above(ReadOnlySpan<double> vector, double threshold)
    {
        var (sums, counts, limit, at) = (Vector<double>.Zero, Vector<long>.Zero, new Vector<double>(threshold), 0);
        for (; at <= vector.Length - Vector<double>.Count; at += Vector<double>.Count)
        {
            var values = new Vector<double>(vector[at..]);
            var above = Vector.GreaterThan(values, limit);
            sums += Vector.ConditionalSelect(above, values, Vector<double>.Zero);
            counts -= above;
        }

        var (sum, count) = (Vector.Sum(sums), (int)Vector.Sum(counts));
        for (; at < vector.Length; at++)
        {
            if (vector[at] > threshold)
            {
                sum += vector[at];
                count++;
            }
        }

        return (sum, count);
    }
}
