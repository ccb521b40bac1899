using System.Collections.Immutable;

namespace Mechanisms.Mobility;

/// <summary>Where somebody is and goes next, counted from sequences of cells with additive (Laplace) smoothing.</summary>
public static class MobilityModel
{
    /// <summary>
    /// The prior π: how often each cell was visited, π(i) = (visits of i + s) / (visits + s n). Without visits and smoothing every cell is
    /// equally likely.
    /// </summary>
    /// <param name="sequences">Cells from 0 to <paramref name="cells"/> − 1.</param>
    /// <param name="cells">How many cells there are, n.</param>
    /// <param name="smoothing">s, visits that every cell is given beforehand, from 0. With more than 0 no probability is 0.</param>
    /// <returns>n probabilities; their sum is 1 within 1e-12.</returns>
    public static double[] Prior(IEnumerable<ImmutableArray<int>> sequences, int cells, double smoothing)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(cells);
        Distributions.ThrowIfNoSmoothing(smoothing);
        var counts = new double[cells];
        foreach (var sequence in sequences)
        {
            foreach (var cell in sequence)
            {
                counts[Checked(cell, cells)]++;
            }
        }

        Distributions.Smooth(counts, smoothing);
        return counts;
    }

    /// <summary>
    /// The first-order Markov chain of one interval: T(i, j) = (steps from i to j + s) / (steps from i + s n). The row of a cell that
    /// was never left is uniform.
    /// </summary>
    /// <param name="sequences">Cells from 0 to <paramref name="cells"/> − 1; nothing is counted from one sequence to the next.</param>
    /// <param name="cells">How many cells there are, n, at most <see cref="CellDistances.MaxCells"/>.</param>
    /// <param name="smoothing">s, steps that every pair is given beforehand, from 0.</param>
    public static TransitionMatrix Transitions(IEnumerable<ImmutableArray<int>> sequences, int cells, double smoothing)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(cells);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(cells, CellDistances.MaxCells);
        Distributions.ThrowIfNoSmoothing(smoothing);
        var counts = new double[cells * cells];
        foreach (var sequence in sequences)
        {
            for (var i = 0; i < sequence.Length; i++)
            {
                var to = Checked(sequence[i], cells);
                if (i > 0)
                {
                    counts[(sequence[i - 1] * cells) + to]++;
                }
            }
        }

        for (var row = 0; row < cells; row++)
        {
            Distributions.Smooth(counts.AsSpan(row * cells, cells), smoothing);
        }

        return new TransitionMatrix(cells, counts);
    }

    private static int Checked(int cell, int cells) =>
        cell >= 0 && cell < cells ? cell : throw new ArgumentException($"A sequence has the cell {cell}; there are {cells}, from 0.", nameof(cell));
}
