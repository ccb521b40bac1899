using Mechanisms.Stackelberg;

namespace Experiments.Stackelberg;

/// <summary>The provider's utility at one number of users, over all draws.</summary>
internal sealed record SizeResult(int Users, Spread Grid, Spread Equal, Spread Positive, Spread Negative)
{
    /// <summary>α of Algorithm 1 and of the exact optimum.</summary>
    public required (Spread Grid, Spread Exact) Alpha { get; init; }

    /// <summary>By what part of the grid's utility the exact optimum exceeds it.</summary>
    public required Spread ExactGain { get; init; }
}

/// <summary>By what part Algorithm 1 beats options 1, 2 and 3 at the largest number of users.</summary>
internal sealed record GainResult(Reading Reading, Spread Equal, Spread Positive, Spread Negative);

/// <summary>What the simulation of the paper's section "Simulation and analysis" came to.</summary>
internal sealed record SimulationResult(int FirstSeed, int Seeds, IReadOnlyList<SizeResult> Sizes, IReadOnlyList<GainResult> Gains)
{
    /// <summary>The part of the utility of Algorithm 1 that is left with its printed <c>break</c>, at the largest size.</summary>
    public required Spread PrintedShare { get; init; }
}

/// <summary>Repeats the paper's simulation under many seeds.</summary>
internal static class Simulation
{
    /// <summary>The numbers of users of Fig. 12.</summary>
    public static IReadOnlyList<int> Sizes { get; } = [.. Enumerable.Range(1, 10).Select(k => 100 * k)];

    /// <summary>Runs the draws <paramref name="firstSeed"/>, firstSeed + 1, … The result depends on nothing else.</summary>
    /// <exception cref="OperationCanceledException">The run was cancelled between two draws.</exception>
    public static SimulationResult Run(int firstSeed, int seeds, Action onDraw, CancellationToken cancellationToken)
    {
        var draws = new List<Draw>();
        for (var k = 0; k < seeds; k++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            draws.Add(RunDraw(firstSeed + k));
            onDraw();
        }

        Spread Over(Func<Draw, double> value) => Spread.Of(draws.Select(value));
        var sizes = Sizes.Select((users, i) => new SizeResult(
            users,
            Over(draw => draw.Sizes[i].Grid.ProviderUtility),
            Over(draw => draw.Sizes[i].Equal),
            Over(draw => draw.Sizes[i].Positive),
            Over(draw => draw.Sizes[i].Negative))
        {
            Alpha = (Over(draw => draw.Sizes[i].Grid.Alpha), Over(draw => draw.Sizes[i].Exact.Alpha)),
            ExactGain = Over(draw => Gain(draw.Sizes[i].Exact.ProviderUtility, draw.Sizes[i].Grid.ProviderUtility)),
        });
        var gains = Reading.All.Select((reading, i) => new GainResult(
            reading, Over(draw => draw.Gains[i].Equal), Over(draw => draw.Gains[i].Positive), Over(draw => draw.Gains[i].Negative)));
        return new SimulationResult(firstSeed, seeds, [.. sizes], [.. gains]) { PrintedShare = Over(draw => draw.PrintedShare) };
    }

    private static Draw RunDraw(int seed)
    {
        var population = Population.Draw(seed, Sizes[^1]);
        var sizes = Sizes.Select(users =>
        {
            var game = population.Game(users, Reading.Taken.Overhead);
            var (equal, positive, negative) = Reading.Taken.Utilities(population, users, game);
            return (GridSearch.Solve(game, Schemes.GridStep), ExactOptimum.Solve(game), equal, positive, negative);
        });
        var gains = Reading.All.Select(reading =>
        {
            var game = population.Game(Sizes[^1], reading.Overhead);
            var grid = GridSearch.Solve(game, Schemes.GridStep).ProviderUtility;
            var (equal, positive, negative) = reading.Utilities(population, Sizes[^1], game);
            return (Gain(grid, equal), Gain(grid, positive), Gain(grid, negative));
        });
        var largest = population.Game(Sizes[^1], Reading.Taken.Overhead);
        var printedShare = Schemes.UtilityOfPrintedAlgorithm(largest) / GridSearch.Solve(largest, Schemes.GridStep).ProviderUtility;
        return new Draw([.. sizes], [.. gains], printedShare);
    }

    private static double Gain(double better, double worse) => worse > 0
        ? (better / worse) - 1
        : throw new InvalidOperationException($"A scheme leaves the provider {worse:0.##}: a percentage above that says nothing.");

    private sealed record Draw(
        IReadOnlyList<(RevenueOptimum Grid, RevenueOptimum Exact, double Equal, double Positive, double Negative)> Sizes,
        IReadOnlyList<(double Equal, double Positive, double Negative)> Gains,
        double PrintedShare);
}
