using Mechanisms.Stackelberg;

namespace Mechanisms.Tests.Stackelberg;

public sealed class RevenueGameTests
{
    [Fact]
    public void Equation_5_counts_reluctant_users_as_nothing_wherever_they_stand()
    {
        // At α = 0.5, τ = 0.1 volumes are 30, 0 and 80 MB; the second user's formula would give −15.
        DataUser[] users = [new(50, 1), new(5, 1), new(100, 1)];
        var game = new RevenueGame(users, unitPrice: 0.1, initialCost: 2);
        Assert.Equal((0.5 * 0.1 * 110) - 2, game.ProviderUtility(0.5), 12);
    }

    [Fact]
    public void Between_neighbouring_thresholds_the_revenue_is_concave()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var game = Draws.Rough(seed);
            var thresholds = game.Users.Select(user => 1 / (game.UnitPrice * user.Saturation)).Where(t => t < 1).Order().Append(1).ToList();
            foreach (var (low, high) in thresholds.Zip(thresholds.Skip(1)).Where(pair => pair.Second - pair.First > 1e-6))
            {
                var left = game.ProviderUtility(low + (0.1 * (high - low)));
                var middle = game.ProviderUtility(low + (0.5 * (high - low)));
                var right = game.ProviderUtility(low + (0.9 * (high - low)));
                var rounding = 1e-12 * (Math.Abs(middle) + game.InitialCost + 1);
                Assert.True(middle >= ((left + right) / 2) - rounding, $"seed {seed}: convex in ({low}, {high})");
            }
        }
    }

    [Fact]
    public void All_income_given_away_or_kept_leaves_the_provider_its_cost()
    {
        var game = Draws.Paper(seed: 1, users: 100);
        Assert.Equal(-Draws.PaperCost, game.ProviderUtility(0));
        Assert.Equal(-Draws.PaperCost, game.ProviderUtility(1));
    }

    [Fact]
    public void Users_changed_after_the_game_was_made_do_not_change_it()
    {
        DataUser[] users = [new(50, 1)];
        var game = new RevenueGame(users, 0.1, 0);
        users[0] = new DataUser(double.NaN, 0);
        Assert.Equal(1.5, game.ProviderUtility(0.5), 12);
    }

    [Theory]
    [InlineData(0, 100)]
    [InlineData(-0.1, 100)]
    [InlineData(double.NaN, 100)]
    [InlineData(double.PositiveInfinity, 100)]
    [InlineData(0.1, -1)]
    [InlineData(0.1, double.NaN)]
    [InlineData(0.1, double.PositiveInfinity)]
    public void A_price_or_cost_out_of_range_is_refused(double price, double cost) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new RevenueGame([new DataUser(50, 1)], price, cost));

    [Theory]
    [InlineData(double.NaN, 1)]
    [InlineData(0, 1)]
    [InlineData(1, -1)]
    public void The_error_says_which_user_is_out_of_range(double willingness, double overhead)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(
            () => new RevenueGame([new DataUser(50, 1), new DataUser(willingness, overhead)], 0.1, 0));
        Assert.Equal("users", error.ParamName);
        Assert.Contains("user number 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Volumes_that_overflow_together_are_refused_rather_than_summed_to_infinity() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new RevenueGame([new DataUser(1e308, 1), new DataUser(1e308, 1)], 1, 0));

    [Theory]
    [InlineData(-1e-9)]
    [InlineData(1.000001)]
    [InlineData(double.NaN)]
    public void A_share_out_of_range_is_refused(double alpha) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Draws.Paper(1, 10).ProviderUtility(alpha));
}
