using Mechanisms.Stackelberg;

namespace Experiments.Stackelberg;

/// <summary>How the unit overhead μ is spread over [0.1, 2].</summary>
internal enum OverheadDistribution
{
    /// <summary>As Table 2 says.</summary>
    Uniform,

    /// <summary>ln μ is uniform: as many users in [0.1, 0.2] as in [1, 2].</summary>
    LogUniform,
}

/// <summary>
/// The users of one draw, with the ranges of Table 2. Smaller applications are the first users of the draw, and every
/// reading takes the same quantiles, so what differs between two results is not the luck of the draw.
/// </summary>
internal sealed class Population
{
    /// <summary>τ in units of money per MB.</summary>
    public const double UnitPrice = 0.1;

    /// <summary>C in units of money.</summary>
    public const double InitialCost = 100;

    /// <summary>X_i is drawn uniformly from 0 to this, in MB; see <see cref="Reading"/> for why.</summary>
    public const double LargestVolume = 200;

    private readonly (double Willingness, double OverheadQuantile, double Volume)[] users;

    private Population((double Willingness, double OverheadQuantile, double Volume)[] users) => this.users = users;

    public static Population Draw(int seed, int users)
    {
        var random = new Random(Seeds.Apart(seed));
        var drawn = new (double, double, double)[users];
        for (var i = 0; i < users; i++)
        {
            drawn[i] = (Uniform(random.NextDouble(), 10, 100), random.NextDouble(), Uniform(random.NextDouble(), 0, LargestVolume));
        }

        return new Population(drawn);
    }

    /// <summary>The game of the first <paramref name="count"/> users.</summary>
    public RevenueGame Game(int count, OverheadDistribution overhead) => new(
        [.. users.Take(count).Select(user => new DataUser(user.Willingness, Overhead(user.OverheadQuantile, overhead)))],
        UnitPrice,
        InitialCost);

    /// <summary>Σ X_i of the first <paramref name="count"/> users, in MB.</summary>
    public double DataVolume(int count) => users.Take(count).Sum(user => user.Volume);

    private static double Overhead(double quantile, OverheadDistribution overhead) => overhead switch
    {
        OverheadDistribution.Uniform => Uniform(quantile, 0.1, 2),
        OverheadDistribution.LogUniform => Math.Exp(Uniform(quantile, Math.Log(0.1), Math.Log(2))),
        _ => throw new ArgumentOutOfRangeException(nameof(overhead), overhead, "Unknown distribution."),
    };

    private static double Uniform(double quantile, double low, double high) => low + (quantile * (high - low));
}
