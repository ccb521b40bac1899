namespace Mechanisms.PrivacyGame.Models;

/// <summary>Probabilities as whole numbers of 2^−32, so that sums and comparisons are exact and the same on every machine.</summary>
internal static class FixedPoint
{
    /// <summary>What stands for 1.</summary>
    public const long One = 1L << 32;

    /// <summary>
    /// Rounds a distribution so that it sums to <see cref="One"/> exactly: every entry down, then the missing units to the largest remainders (Hamilton's method; ties to the lowest index).
    /// No entry is off by a unit or more. Values below 0, which only rounding can have made, count as 0.
    /// </summary>
    /// <param name="distribution">Sums to 1 but for rounding.</param>
    public static long[] Quantise(ReadOnlySpan<double> distribution)
    {
        var sum = new CompensatedSum();
        foreach (var value in distribution)
        {
            sum.Add(Math.Max(0, value));
        }

        var units = new long[distribution.Length];
        var remainders = new double[distribution.Length];
        var missing = One;
        for (var i = 0; i < units.Length; i++)
        {
            var exact = Math.Max(0, distribution[i]) / sum.Value * One;
            units[i] = (long)exact;
            remainders[i] = exact - units[i];
            missing -= units[i];
        }

        foreach (var i in Enumerable.Range(0, units.Length).OrderByDescending(i => remainders[i]).Take((int)missing))
        {
            units[i]++;
        }

        return units;
    }

    /// <summary>ε = e^−α in units, rounded up, so that α is kept; 0 only without mobility privacy.</summary>
    public static long Redrawn(CollaborativeGame game) => game.HasMobility ? Math.Clamp((long)Math.Ceiling(game.Redrawn * One), 1, One) : 0;
}
