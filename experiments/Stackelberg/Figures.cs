using Experiments.Charts;
using Mechanisms.Stackelberg;

namespace Experiments.Stackelberg;

/// <summary>Figures 12 to 14 of the paper, drawn from our runs.</summary>
internal static class Figures
{
    private const int UsersOfFigure13 = 100;

    /// <summary>Fig. 12: the provider's utility by number of users, Algorithm 1 against the three options.</summary>
    public static LineChart Schemes(SimulationResult result)
    {
        Series Line(string name, Func<SizeResult, Spread> value) =>
            new(name, [.. result.Sizes.Select(size => Point(size.Users, value(size)))]);
        return new LineChart(
            "The share found by Algorithm 1 earns the provider most",
            $"Provider's utility under four schemes: median and range of {result.Seeds} draws (Fig. 12)",
            "Number of users",
            "Provider's utility",
            [
                Line("Algorithm 1", size => size.Grid),
                Line("Equal split", size => size.Equal),
                Line("Positive correlation", size => size.Positive),
                Line("Negative correlation", size => size.Negative),
            ])
        {
            // A loss of a few units would open a whole step below zero, on a scale of thousands.
            Floor = 0,
        };
    }

    /// <summary>Fig. 13: the provider's utility by share, for 100 users.</summary>
    public static LineChart Shares(SimulationResult result)
    {
        var games = Enumerable.Range(result.FirstSeed, result.Seeds)
            .Select(seed => Population.Draw(seed, UsersOfFigure13).Game(UsersOfFigure13, Reading.Taken.Overhead))
            .ToList();
        var points = Enumerable.Range(0, 201).Select(k => k / 200.0)
            .Select(alpha => Point(alpha, Spread.Of(games.Select(game => game.ProviderUtility(alpha)))))
            .ToList();
        var several = games.Count(HasSeveralPeaks);
        var best = points.MaxBy(point => point.Y);
        var optimum = result.Sizes.Single(size => size.Users == UsersOfFigure13).Alpha.Exact;
        return new LineChart(
            "Between too little and too much lies the best share",
            $"{UsersOfFigure13} users, {result.Seeds} draws; {several} of them with more than one peak (Fig. 13)",
            "α, the users' share",
            "Provider's utility",
            [new Series("median of the draws; the band is their range", points)])
        {
            Markers = [new Marker($"best α of a draw: {optimum.ToString("0.00")}", best.X, best.Y)],
        };
    }

    /// <summary>Fig. 14: the volume that one user sells, by unit overhead and share.</summary>
    public static LineChart Volumes()
    {
        const double willingness = 55;
        Series Line(double alpha) => new(
            $"α = {alpha}",
            [.. Enumerable.Range(0, 96).Select(k => 0.1 + (0.02 * k)).Select(overhead => new ChartPoint(
                overhead, RevenueGame.BestResponse(new DataUser(willingness, overhead), alpha, Population.UnitPrice)))]);
        return new LineChart(
            "A higher share makes a user sell more, a higher overhead less",
            $"One user with λ = {willingness}, the middle of its range; τ = {Population.UnitPrice} per MB (Fig. 14)",
            "μ, the user's overhead per MB",
            "x*, volume sold in MB",
            [Line(0.1), Line(0.2), Line(0.4), Line(0.8)]);
    }

    /// <summary>Whether the utility rises again after it fell, on a grid of 0.001.</summary>
    private static bool HasSeveralPeaks(RevenueGame game)
    {
        var utilities = Enumerable.Range(0, 1001).Select(k => game.ProviderUtility(k / 1000.0)).ToList();
        var steps = utilities.Zip(utilities.Skip(1), (left, right) => Math.Sign(right - left)).Where(sign => sign != 0).ToList();
        return steps.Zip(steps.Skip(1)).Any(pair => pair is (-1, 1));
    }

    private static ChartPoint Point(double x, Spread spread) => new(x, spread.Median, spread.Low, spread.High);
}
