using Mechanisms.Stackelberg;

namespace Mechanisms.Tests.Stackelberg;

public sealed class OptimumTests
{
    private const double PaperStep = 0.02;

    [Fact]
    public void The_exact_optimum_is_never_below_the_grids()
    {
        for (var seed = 0; seed < 5000; seed++)
        {
            var game = Draws.Rough(seed);
            AssertNotBelow(GridSearch.Solve(game, PaperStep), ExactOptimum.Solve(game), $"rough seed {seed}");
        }

        for (var seed = 0; seed < 500; seed++)
        {
            var game = Draws.Paper(seed, users: 100 + seed);
            AssertNotBelow(GridSearch.Solve(game, PaperStep), ExactOptimum.Solve(game), $"paper seed {seed}");
        }
    }

    [Fact]
    public void The_exact_optimum_is_what_a_fine_brute_force_grid_finds()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var game = Draws.Rough(seed);
            var fine = GridSearch.Solve(game, 1e-4);
            var exact = ExactOptimum.Solve(game);
            AssertNotBelow(fine, exact, $"seed {seed}");
            AssertNotAbove(game, fine, exact, $"seed {seed}");
        }
    }

    [Fact]
    public void One_users_optimum_is_the_closed_form()
    {
        // τλ/μ = 16: α* = 1/√16, U* = (√16 − 1)².
        var optimum = ExactOptimum.Solve(new RevenueGame([new DataUser(160, 1)], 0.1, 0));
        Assert.Equal(0.25, optimum.Alpha, 12);
        Assert.Equal(9, optimum.ProviderUtility, 12);
    }

    [Fact]
    public void The_higher_of_two_peaks_is_found_where_a_climb_from_the_other_would_stop()
    {
        // One eager user (τλ/μ = 1000, peak near 0.03) and many at 2, who sell only from α = 0.5 on.
        foreach (var (many, eagerWins) in new[] { (1000, true), (4000, false) })
        {
            var eagerPeak = Math.Sqrt(1 / 1000.0);
            var commonPeak = Math.Sqrt((many + 1) / (1000.0 + (2 * many)));
            var game = new RevenueGame([new DataUser(1000, 1), .. Enumerable.Repeat(new DataUser(2, 1), many)], 1, 0);
            var optimum = ExactOptimum.Solve(game);
            Assert.Equal(eagerWins ? eagerPeak : commonPeak, optimum.Alpha, 12);
            AssertNotAbove(game, GridSearch.Solve(game, 1e-4), optimum, $"{many} users");
            // A valley lies between: the paper's claim that U is concave (Eq. 11) holds only while nobody starts to sell.
            Assert.True(game.ProviderUtility(0.5) < game.ProviderUtility(eagerPeak));
            Assert.True(game.ProviderUtility(0.5) < game.ProviderUtility(commonPeak));
        }
    }

    [Fact]
    public void Identical_users_are_one_user_many_times()
    {
        var one = ExactOptimum.Solve(new RevenueGame([new DataUser(50, 1)], 0.1, 0));
        var many = ExactOptimum.Solve(new RevenueGame([.. Enumerable.Repeat(new DataUser(50, 1), 1000)], 0.1, 0));
        Assert.Equal(one.Alpha, many.Alpha, 12);
        Assert.Equal(1000 * one.ProviderUtility, many.ProviderUtility, 8);
    }

    [Fact]
    public void The_order_of_the_users_does_not_matter()
    {
        var game = Draws.Rough(seed: 11);
        var reversed = new RevenueGame([.. game.Users.Reverse()], game.UnitPrice, game.InitialCost);
        Assert.Equal(ExactOptimum.Solve(game), ExactOptimum.Solve(reversed));
        // `break` for `continue` in Algorithm 1 would make the grid's answer depend on it.
        Assert.Equal(GridSearch.Solve(game, PaperStep).Alpha, GridSearch.Solve(reversed, PaperStep).Alpha);
        Assert.Equal(GridSearch.Solve(game, PaperStep).ProviderUtility, GridSearch.Solve(reversed, PaperStep).ProviderUtility, 9);
    }

    [Fact]
    public void Without_users_or_with_every_threshold_at_one_or_above_the_provider_is_left_with_its_cost()
    {
        RevenueGame[] games =
        [
            new([], 0.1, 7),
            new([new DataUser(1, 1), new DataUser(2, 1)], 0.1, 7),
            new([new DataUser(10, 1)], 0.1, 7),
        ];
        Assert.All(games, game => Assert.Equal(new RevenueOptimum(1, -7), ExactOptimum.Solve(game)));
        Assert.All(games, game => Assert.Equal(new RevenueOptimum(1, -7), GridSearch.Solve(game, PaperStep)));
    }

    [Fact]
    public void A_threshold_a_hair_below_one_is_answered_inside_the_range()
    {
        var optimum = ExactOptimum.Solve(new RevenueGame([new DataUser(1, Math.BitDecrement(1))], 1, 0));
        Assert.InRange(optimum.Alpha, 0.999, 1);
        Assert.InRange(optimum.ProviderUtility, 0, 1e-15);
    }

    [Fact]
    public void Users_of_very_different_size_do_not_wash_each_other_out()
    {
        // A million users of τλ/μ = 4 (alone: α* = ½, U* = 1 each) beside one twelve decades smaller, who never sells.
        DataUser[] users = [.. Enumerable.Repeat(new DataUser(4, 1), 1_000_000), new DataUser(1e-12, 1)];
        var optimum = ExactOptimum.Solve(new RevenueGame(users, 1, 0));
        Assert.Equal(0.5, optimum.Alpha, 14);
        Assert.Equal(1_000_000, optimum.ProviderUtility, 6);
    }

    [Fact]
    public void The_grid_reaches_its_last_point_though_its_step_is_not_exact_in_binary()
    {
        // Everybody's threshold is at 1 or above, so all points are equal and the last wins.
        var game = new RevenueGame([], 0.1, 0);
        Assert.All((double[])[0.02, 0.1, 1.0 / 3, 1e-6, 1], step => Assert.Equal(1, GridSearch.Solve(game, step).Alpha, 12));
        Assert.Equal(0.9, GridSearch.Solve(game, 0.3).Alpha, 12);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-0.02)]
    [InlineData(1e-7)]
    [InlineData(1.5)]
    [InlineData(double.NaN)]
    public void A_step_out_of_range_is_refused(double step) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => GridSearch.Solve(Draws.Paper(1, 10), step));

    private static double Rounding(RevenueOptimum optimum) => 1e-11 * (Math.Abs(optimum.ProviderUtility) + 200);

    private static void AssertNotBelow(RevenueOptimum grid, RevenueOptimum exact, string which) =>
        Assert.True(exact.ProviderUtility >= grid.ProviderUtility - Rounding(exact), $"{which}: exact {exact}, grid {grid}");

    /// <summary>The exact optimum may beat its nearest grid points only by what the slope there allows over one step.</summary>
    private static void AssertNotAbove(RevenueGame game, RevenueOptimum fine, RevenueOptimum exact, string which)
    {
        const double step = 1e-4;
        var below = game.ProviderUtility(Math.Floor(exact.Alpha / step) * step);
        var above = game.ProviderUtility(Math.Min(1, Math.Ceiling(exact.Alpha / step) * step));
        // The slope of R_J is −τΣλ/μ + |J|/α² (Eq. 10); both terms are bounded by their values at the peak, or just beside it.
        var slope = game.UnitPrice * game.Users.Where(user => game.UnitPrice * user.Saturation * (exact.Alpha + step) > 1).Sum(user => user.Saturation);
        Assert.True(exact.ProviderUtility <= Math.Max(below, above) + (slope * step) + Rounding(exact), $"{which}: exact {exact} is a spike");
        Assert.True(exact.ProviderUtility <= fine.ProviderUtility + (slope * step) + Rounding(exact), $"{which}: exact {exact}, fine grid {fine}");
    }
}
