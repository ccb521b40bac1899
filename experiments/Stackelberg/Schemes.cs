using Mechanisms.Stackelberg;

namespace Experiments.Stackelberg;

/// <summary>
/// The ways to set the users' share that the paper compares ("Simulation and analysis"): a share that grows or falls
/// with the users' data volume. V is Σ X_i in MB, and may itself depend on the share.
/// </summary>
internal static class Schemes
{
    /// <summary>Option 1: equal sharing.</summary>
    public const double EqualShare = 0.5;

    /// <summary>a, per MB (Table 2).</summary>
    public const double VolumeWeight = 8e-6;

    /// <summary>b, the share of option 2 before there is data (Table 2's initial value).</summary>
    public const double PositiveStart = 0.1;

    /// <summary>c, the share of option 3 before there is data (Table 2's initial value).</summary>
    public const double NegativeStart = 0.9;

    /// <summary>Δα of Algorithm 1 (Table 2).</summary>
    public const double GridStep = 0.02;

    /// <summary>Option 2, α = aV(α) + b: the least solution, which is where rounds that start from b settle.</summary>
    public static double PositiveShare(Func<double, double> volume)
    {
        var share = PositiveStart;
        for (var round = 0; round < 10_000; round++)
        {
            var next = Math.Clamp((VolumeWeight * volume(share)) + PositiveStart, 0, 1);
            if (Math.Abs(next - share) < 1e-12)
            {
                return next;
            }

            share = next;
        }

        throw new InvalidOperationException("The share of option 2 does not settle.");
    }

    /// <summary>Option 3, α = c − aV(α): the one solution, since V does not fall with α; found by halving.</summary>
    public static double NegativeShare(Func<double, double> volume)
    {
        var (low, high) = (0.0, NegativeStart);
        for (var round = 0; round < 60; round++)
        {
            var middle = (low + high) / 2;
            if (middle < NegativeStart - (VolumeWeight * volume(middle)))
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>
    /// Algorithm 1 letter by letter, with the printed <c>break</c>: users listed after the first one who sells nothing
    /// are not asked. The provider's utility of the share it picks, as it computes it.
    /// </summary>
    public static double UtilityOfPrintedAlgorithm(RevenueGame game)
    {
        var best = double.NegativeInfinity;
        for (var k = 1; k <= 1 / GridStep; k++)
        {
            var alpha = k * GridStep;
            var sold = game.Users.Select(user => RevenueGame.BestResponse(user, Math.Min(alpha, 1), game.UnitPrice)).TakeWhile(volume => volume > 0).Sum();
            best = Math.Max(best, ((1 - alpha) * game.UnitPrice * sold) - game.InitialCost);
        }

        return best;
    }
}
