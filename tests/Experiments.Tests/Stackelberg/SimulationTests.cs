using Experiments.Stackelberg;

namespace Experiments.Tests.Stackelberg;

public sealed class SimulationTests
{
    [Fact]
    public void The_same_seeds_write_the_same_files_and_others_do_not()
    {
        var (first, again, other) = (Run(1), Run(1), Run(2));
        Assert.Equal(Report.Markdown(first), Report.Markdown(again));
        Assert.Equal(Figures.Schemes(first).ToSvg(), Figures.Schemes(again).ToSvg());
        Assert.Equal(Figures.Shares(first).ToSvg(), Figures.Shares(again).ToSvg());
        Assert.NotEqual(Report.Markdown(first), Report.Markdown(other), StringComparer.Ordinal);
        Assert.NotEqual(Figures.Schemes(first).ToSvg(), Figures.Schemes(other).ToSvg(), StringComparer.Ordinal);
    }

    [Fact]
    public void Algorithm_1_earns_at_least_what_an_equal_split_earns_and_at_most_the_exact_optimum()
    {
        var result = Run(1);
        Assert.Equal([100, 200, 300, 400, 500, 600, 700, 800, 900, 1000], result.Sizes.Select(size => size.Users));
        Assert.All(result.Sizes, size => Assert.True(size.Grid.Low >= size.Equal.Low && size.Grid.High >= size.Equal.High));
        Assert.All(result.Sizes, size => Assert.InRange(size.ExactGain.Low, -1e-12, size.ExactGain.High));
        Assert.All(result.Gains, gain => Assert.True(gain.Equal.Low > 0));
    }

    [Fact]
    public void The_break_that_the_paper_prints_loses_nearly_everything() => Assert.InRange(Run(1).PrintedShare.High, -1, 0.2);

    [Fact]
    public void A_cancelled_run_stops_before_its_next_draw()
    {
        using var source = new CancellationTokenSource();
        var drawn = 0;
        Assert.Throws<OperationCanceledException>(() => Simulation.Run(1, 100, () =>
        {
            drawn++;
            source.Cancel();
        }, source.Token));
        Assert.Equal(1, drawn);
    }

    [Theory]
    [InlineData(OverheadDistribution.Uniform, 1.05)]
    [InlineData(OverheadDistribution.LogUniform, 0.447)]
    public void Users_are_drawn_from_the_ranges_of_table_2(object overhead, double medianOverhead)
    {
        var population = Population.Draw(seed: 3, users: 20_000);
        var users = population.Game(20_000, (OverheadDistribution)overhead).Users;
        Assert.All(users, user => Assert.True(user.Willingness is >= 10 and <= 100 && user.UnitOverhead is >= 0.0999999 and <= 2.0000001));
        Assert.Equal(medianOverhead, Spread.Of(users.Select(user => user.UnitOverhead)).Median, 0.03);
        Assert.Equal(55, users.Average(user => user.Willingness), 1.0);
        Assert.Equal(100, population.DataVolume(20_000) / 20_000, 2.0);
        Assert.Equal(users.Take(50), population.Game(50, (OverheadDistribution)overhead).Users);
    }

    [Fact]
    public void The_shares_of_options_2_and_3_solve_their_equations()
    {
        Assert.Equal(0.9, Schemes.PositiveShare(_ => 100_000), 12);
        Assert.Equal(0.1, Schemes.NegativeShare(_ => 100_000), 12);
        Assert.Equal(1, Schemes.PositiveShare(_ => 1_000_000), 12);
        Assert.Equal(0, Schemes.NegativeShare(_ => 1_000_000), 12);

        static double Rising(double alpha) => 60_000 * alpha;
        var positive = Schemes.PositiveShare(Rising);
        Assert.Equal(positive, (8e-6 * Rising(positive)) + 0.1, 9);
        var negative = Schemes.NegativeShare(Rising);
        Assert.Equal(negative, 0.9 - (8e-6 * Rising(negative)), 9);
    }

    [Theory]
    [InlineData("--seeds 0", "--seeds is 0; it must be between 1 and 10000.")]
    [InlineData("--seeds 10001", "--seeds is 10001; it must be between 1 and 10000.")]
    [InlineData("--seed -1", "--seed is -1; it must be between 0 and 1000000.")]
    [InlineData("--seeds many", "many")]
    public void An_argument_out_of_range_is_refused_with_the_range(string arguments, string message) =>
        Assert.Contains(message, Assert.Single(StackelbergCommand.Create().Parse(arguments).Errors).Message, StringComparison.Ordinal);

    private static SimulationResult Run(int firstSeed) =>
        Simulation.Run(firstSeed, seeds: 4, () => { }, TestContext.Current.CancellationToken);
}
