namespace Mechanisms.PrivacyGame;

/// <summary>Euclidean projections on simplices.</summary>
internal static class Simplex
{
    private const int MaxSteps = 100;

    /// <summary>Replaces a vector by the nearest one that is at least 0 and sums to <paramref name="size"/> (Michelot, JOTA 50, 1986).</summary>
    public static void Project(Span<double> vector, double size)
    {
        var threshold = Threshold(vector, size, out _);
        for (var i = 0; i < vector.Length; i++)
        {
            vector[i] = Math.Max(vector[i] - threshold, 0);
        }
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

    /// <summary>τ with Σ max(v − τ, 0) = size.</summary>
    private static double Threshold(ReadOnlySpan<double> vector, double size, out int active)
    {
        double sum = 0;
        foreach (var value in vector)
        {
            sum += value;
        }

        active = vector.Length;
        var threshold = (sum - size) / active;
        while (true)
        {
            sum = 0;
            var above = 0;
            foreach (var value in vector)
            {
                if (value > threshold)
                {
                    sum += value;
                    above++;
                }
            }

            // Fewer and fewer are above, but for rounding among equals.
            if (above >= active || above == 0)
            {
                return threshold;
            }

            active = above;
            threshold = (sum - size) / active;
        }
    }
}
