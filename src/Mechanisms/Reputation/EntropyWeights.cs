using System.Collections.Immutable;

namespace Mechanisms.Reputation;

/// <summary>
/// One comparable reputation for each user from several agencies' ratings: the entropy weight method of Wang et al. 2021 (EMCS), Eqs. 3 to 9. An agency counts the more, the more its ratings tell users
/// apart. All parties get the same numbers to the last bit (<see cref="Reproducible"/>; sums in the order of users).
/// </summary>
public sealed class EntropyWeights
{
    private EntropyWeights(ImmutableArray<double> weights, ImmutableArray<double> reputations) => (Weights, Reputations) = (weights, reputations);

    /// <summary>W, Eq. 8: one for each agency, from 0 to 1, with sum 1.</summary>
    public ImmutableArray<double> Weights { get; }

    /// <summary>cv, Eq. 9: one for each user, from 0 (the worst with every agency that counts) to 1.</summary>
    public ImmutableArray<double> Reputations { get; }

    /// <summary>
    /// Computes both. An agency that rates all users alike tells nothing: it has the weight 0 and gives everybody ½. When that is so of all agencies, as it is of a single user, they count the same
    /// and every reputation is ½.
    /// </summary>
    public static EntropyWeights Of(CreditRatings ratings)
    {
        ArgumentNullException.ThrowIfNull(ratings);
        var columns = Enumerable.Range(0, ratings.Agencies).Select(agency => Normalised(ratings, agency)).ToArray();
        var differences = Array.ConvertAll(columns, Difference);
        double total = 0;
        foreach (var difference in differences)
        {
            total += difference;
        }

        var weights = Array.ConvertAll(differences, difference => total > 0 ? difference / total : 1.0 / differences.Length);
        var reputations = new double[ratings.Users];
        for (var agency = 0; agency < columns.Length; agency++)
        {
            for (var user = 0; user < reputations.Length; user++)
            {
                reputations[user] += weights[agency] * columns[agency][user];
            }
        }

        return new EntropyWeights([.. weights], [.. reputations.Select(r => Math.Min(r, 1))]);
    }

    /// <summary>c', Eq. 3 or 4.</summary>
    private static double[] Normalised(CreditRatings ratings, int agency)
    {
        var column = new double[ratings.Users];
        var (least, most) = (double.PositiveInfinity, double.NegativeInfinity);
        for (var user = 0; user < column.Length; user++)
        {
            column[user] = ratings[user, agency];
            (least, most) = (Math.Min(least, column[user]), Math.Max(most, column[user]));
        }

        var higher = ratings.Directions[agency] == RatingDirection.HigherIsBetter;
        for (var user = 0; user < column.Length; user++)
        {
            column[user] = most > least ? (higher ? column[user] - least : most - column[user]) / (most - least) : 0.5;
        }

        return column;
    }

    /// <summary>cod = 1 − e, Eqs. 5 to 7, with 0 · ln 0 = 0; the entropy e is 1 when all users have the same share, and 0 when one has it all.</summary>
    private static double Difference(double[] column)
    {
        if (Array.TrueForAll(column, c => c == column[0]))
        {
            return 0;
        }

        double sum = 0, entropy = 0;
        foreach (var value in column)
        {
            sum += value;
        }

        foreach (var value in column)
        {
            var share = value / sum;

            // Below the normal numbers p ln p is below 1e-304.
            entropy -= double.IsNormal(share) ? share * Reproducible.Log(share) : 0;
        }

        return Math.Clamp(1 - (entropy / Reproducible.Log(column.Length)), 0, 1);
    }
}
