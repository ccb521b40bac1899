namespace Mechanisms.Stackelberg;

/// <summary>
/// The best share itself, not the best of a grid: one sort and one sweep, O(n log n). Goes beyond the paper.
/// </summary>
/// <remarks>
/// <para>
/// For a fixed set J of sellers the revenue R_J(α) = (1−α)(τ Σ_J λ/μ − |J|/α) is concave with its peak at
/// α_J = √(|J| / (τ Σ_J λ/μ)), where it is (√(τ Σ_J λ/μ) − √|J|)². At any α the users who sell are those whose
/// threshold μ/(τλ) lies below α: the first k in the order of falling λ/μ.
/// </para>
/// <para>
/// Leaving out a seller, or counting in a user whose λ/μ − 1/(ατ) is negative, can only lower R_J(α). So the true
/// revenue is max_k R_k(α) at every α, its maximum is the largest of the n peaks, and no peak has to be cut to the
/// interval in which its set is the set of sellers. Between thresholds the revenue is concave but as a whole it
/// need not be: it can have several peaks, and climbing to the nearest would not do.
/// </para>
/// </remarks>
public static class ExactOptimum
{
    /// <summary>
    /// The share in [0, 1] with the highest provider utility, the larger of two that are equally good. When no share earns anything (no users, or every
    /// threshold at 1 or above) all are equal at −C and the answer is 1, as with <see cref="GridSearch"/>.
    /// </summary>
    public static RevenueOptimum Solve(RevenueGame game)
    {
        ArgumentNullException.ThrowIfNull(game);
        var saturations = new double[game.Users.Count];
        for (var i = 0; i < saturations.Length; i++)
        {
            saturations[i] = game.Users[i].Saturation;
        }

        Array.Sort(saturations);

        var bestAlpha = 1.0;
        var bestRoot = 0.0;
        var total = new CompensatedSum();
        for (var k = 1; k <= saturations.Length; k++)
        {
            total.Add(saturations[^k]);
            var income = game.UnitPrice * total.Value;
            // The square root of the peak. Where it is not above 0 the peak lies at α ≥ 1, which leaves the provider nothing.
            var root = Math.Sqrt(income) - Math.Sqrt(k);
            if (root > 0 && root >= bestRoot)
            {
                bestRoot = root;
                bestAlpha = Math.Sqrt(k / income);
            }
        }

        return new RevenueOptimum(bestAlpha, game.ProviderUtility(bestAlpha));
    }
}
