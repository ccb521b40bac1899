namespace Mechanisms.Stackelberg;

/// <summary>The paper's own search for the best share: try every multiple of Δα in [0, 1]. Algorithm 1 (Fig. 11).</summary>
public static class GridSearch
{
    /// <summary>The smallest step that is accepted; the search costs users/step evaluations.</summary>
    public const double SmallestStep = 1e-6;

    /// <summary>
    /// The best share on the grid 0, Δα, 2Δα, … ≤ 1. Of equally good shares the largest wins, as the algorithm's
    /// ≥ has it; so a game in which nobody sells at any share answers with the last point and −C.
    /// </summary>
    /// <remarks>
    /// The paper prints <c>break</c> where a user's share is at or below their threshold, which would leave out
    /// every user listed after the first reluctant one. It must be <c>continue</c>: that user sells 0.
    /// </remarks>
    /// <param name="game">The game; its users answer with Eq. 8.</param>
    /// <param name="step">Δα, in [<see cref="SmallestStep"/>, 1]; the paper takes 0.02.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is outside its range.</exception>
    public static RevenueOptimum Solve(RevenueGame game, double step)
    {
        ArgumentNullException.ThrowIfNull(game);
        if (double.IsNaN(step) || step is < SmallestStep or > 1)
        {
            throw new ArgumentOutOfRangeException(nameof(step), step, $"The step must lie in [{SmallestStep}, 1].");
        }

        var best = new RevenueOptimum(0, double.NegativeInfinity);
        // Multiples, not a running sum: fifty additions of 0.02 miss 1. The allowance covers the division's rounding.
        var last = (int)Math.Floor((1 / step) + 1e-9);
        for (var k = 0; k <= last; k++)
        {
            var alpha = Math.Min(1, k * step);
            var utility = game.ProviderUtility(alpha);
            if (utility >= best.ProviderUtility)
            {
                best = new RevenueOptimum(alpha, utility);
            }
        }

        return best;
    }
}
