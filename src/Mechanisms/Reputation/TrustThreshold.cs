namespace Mechanisms.Reputation;

/// <summary>
/// λ, the least reputation of a requester to whom a collaborator tells its location: fuzzy logic (Takagi and Sugeno 1985, with constants as conclusions), since Wang et al. 2021 ask for a fuzzy threshold and
/// give no rules. Each input is low, middle or high to degrees that sum to 1 (triangles with tops at 0, ½ and 1); a rule holds to the product of its degrees; λ is the mean of the rules' conclusions, so weighted.
/// </summary>
public static class TrustThreshold
{
    /// <summary>Smallest and largest zone (§6 of the paper).</summary>
    public const int LeastZone = 2, LargestZone = 30;

    private const int Terms = 3;

    /// <summary>
    /// The rules: the higher the others' reputation, the pickier one can be; the more one's place tells about oneself, the pickier one is; in a larger zone one is better hidden, and the requester needs more helpers.
    /// </summary>
    private static readonly double[,,] Rules =
    {
        // Others' mean reputation low.     A small zone, a middling one, a large one:
        {
            { 0.20, 0.15, 0.10 }, // own place hardly sensitive
            { 0.35, 0.30, 0.25 },
            { 0.55, 0.50, 0.45 }, // very sensitive
        },

        // Middling.
        {
            { 0.35, 0.30, 0.25 },
            { 0.50, 0.45, 0.40 },
            { 0.70, 0.65, 0.60 },
        },

        // High.
        {
            { 0.50, 0.45, 0.40 },
            { 0.65, 0.60, 0.55 },
            { 0.85, 0.80, 0.75 },
        },
    };

    /// <summary>λ, from 0 to 1.</summary>
    /// <param name="meanReputation">Of all users whom the collaborator knows of, from 0 to 1.</param>
    /// <param name="sensitivity">How much the collaborator minds that its present place becomes known, from 0 to 1.</param>
    /// <param name="zone">K, at least 2; above 30 counts as 30.</param>
    public static double Of(double meanReputation, double sensitivity, int zone)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(zone, LeastZone);
        var (reputations, places) = (Degrees(meanReputation, nameof(meanReputation)), Degrees(sensitivity, nameof(sensitivity)));
        var zones = Degrees((double)(Math.Min(zone, LargestZone) - LeastZone) / (LargestZone - LeastZone), nameof(zone));
        double threshold = 0;
        for (var i = 0; i < Terms; i++)
        {
            for (var j = 0; j < Terms; j++)
            {
                for (var k = 0; k < Terms; k++)
                {
                    threshold += reputations[i] * places[j] * zones[k] * Rules[i, j, k];
                }
            }
        }

        return threshold;
    }

    /// <summary>Low, middle, high.</summary>
    private static double[] Degrees(double value, string name) => value is >= 0 and <= 1
        ? [Math.Max(0, 1 - (2 * value)), 1 - Math.Abs((2 * value) - 1), Math.Max(0, (2 * value) - 1)]
        : throw new ArgumentOutOfRangeException(name, value, "From 0 to 1.");
}
