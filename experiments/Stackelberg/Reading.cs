using Mechanisms.Stackelberg;

namespace Experiments.Stackelberg;

/// <summary>
/// A way to read what the paper leaves open: how much data X_i a user has, on which options 2 and 3 build, and how μ
/// is spread.
/// </summary>
/// <param name="Name">The reading in a few words.</param>
/// <param name="Overhead">How μ is drawn.</param>
/// <param name="Volume">Σ X_i in MB of the first so many users of a population at a share α.</param>
internal sealed record Reading(string Name, OverheadDistribution Overhead, Func<Population, int, RevenueGame, double, double> Volume)
{
    /// <summary>
    /// X_i uniform in [0, 200] MB. With a mean of 100 MB, a·Σ X_i runs from 0.08 to 0.8 over 100 to 1000 users, which
    /// takes both options from their initial value to the other's and no further: the numbers of Table 2 fit this.
    /// </summary>
    public static Reading Taken { get; } = new(
        "X uniform in 0–200 MB", OverheadDistribution.Uniform, (population, count, _, _) => population.DataVolume(count));

    /// <summary>All readings that are compared, the one taken for the figures first.</summary>
    public static IReadOnlyList<Reading> All { get; } =
    [
        Taken,
        new("X = λ/μ, the most that a user would sell", OverheadDistribution.Uniform, (_, _, game, _) => game.Users.Sum(user => user.Saturation)),
        new("X = x*, the volume sold at that share", OverheadDistribution.Uniform, (_, _, game, alpha) => game.Users.Sum(user => RevenueGame.BestResponse(user, alpha, game.UnitPrice))),
        new("X negligible: the shares stay at 0.1 and 0.9", OverheadDistribution.Uniform, (_, _, _, _) => 0),
        new("X uniform in 0–200 MB, but μ log-uniform", OverheadDistribution.LogUniform, Taken.Volume),
    ];

    /// <summary>The provider's utility under options 1, 2 and 3.</summary>
    public (double Equal, double Positive, double Negative) Utilities(Population population, int count, RevenueGame game)
    {
        double VolumeAt(double alpha) => Volume(population, count, game, alpha);
        return (
            game.ProviderUtility(Schemes.EqualShare),
            game.ProviderUtility(Schemes.PositiveShare(VolumeAt)),
            game.ProviderUtility(Schemes.NegativeShare(VolumeAt)));
    }
}
