using Mechanisms.Stackelberg;

namespace Mechanisms.Tests.Stackelberg;

public sealed class BestResponseTests
{
    [Fact]
    public void Equation_8_gives_the_volume_worked_out_by_hand() =>
        // λ/μ = 50, ατ = 0.05: 50 − 20.
        Assert.Equal(30, RevenueGame.BestResponse(new DataUser(50, 1), alpha: 0.5, unitPrice: 0.1), 12);

    [Fact]
    public void No_other_volume_is_worth_more_to_the_user()
    {
        for (var seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            var user = new DataUser(Draws.LogUniform(random, 0.1, 1000), Draws.LogUniform(random, 0.01, 10));
            var alpha = random.NextDouble();
            var price = Draws.LogUniform(random, 0.01, 10);

            var best = RevenueGame.BestResponse(user, alpha, price);
            var worth = RevenueGame.UserUtility(user, alpha, price, best);

            foreach (var other in Alternatives(best, user.Saturation))
            {
                var otherWorth = RevenueGame.UserUtility(user, alpha, price, other);
                // Strict concavity (Eq. 7): another volume is worth less, but for rounding.
                Assert.True(
                    otherWorth <= worth + (1e-12 * user.Willingness),
                    $"seed {seed}: {user}, α {alpha}, τ {price}: {other} MB is worth {otherWorth:R}, the best response {best} MB {worth:R}");
            }

            if (best > 0)
            {
                Assert.True(RevenueGame.UserUtility(user, alpha, price, best * 1.5) < worth, $"seed {seed}: selling half as much again is as good");
            }
        }
    }

    [Fact]
    public void A_user_at_or_below_the_threshold_sells_nothing_and_just_above_it_something()
    {
        // μ/(τλ) = 1/(0.5·8) = 0.25, all exact in binary.
        var user = new DataUser(8, 1);
        Assert.Equal(0, RevenueGame.BestResponse(user, 0.25, 0.5));
        Assert.Equal(0, RevenueGame.BestResponse(user, 0.2, 0.5));
        Assert.True(RevenueGame.BestResponse(user, Math.BitIncrement(0.25), 0.5) > 0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(double.Epsilon)]
    [InlineData(1e-300)]
    public void A_share_that_vanishes_sells_nothing_rather_than_minus_infinity(double alpha) =>
        Assert.Equal(0, RevenueGame.BestResponse(new DataUser(100, 0.1), alpha, 0.1));

    [Fact]
    public void The_volume_falls_with_the_overhead_and_rises_with_the_share()
    {
        var byOverhead = Enumerable.Range(1, 20).Select(k => RevenueGame.BestResponse(new DataUser(50, 0.1 * k), 0.5, 0.1)).ToList();
        var byShare = Enumerable.Range(1, 20).Select(k => RevenueGame.BestResponse(new DataUser(50, 1), 0.05 * k, 0.1)).ToList();
        Assert.All(byOverhead.Zip(byOverhead.Skip(1)), pair => Assert.True(pair.Second < pair.First));
        Assert.All(byShare.Zip(byShare.Skip(1)), pair => Assert.True(pair.Second > pair.First || pair is (0, 0)));
        Assert.True(byShare[^1] > 0);
    }

    [Theory]
    [InlineData(double.NaN, 1, 0.5, 0.1)]
    [InlineData(0, 1, 0.5, 0.1)]
    [InlineData(-1, 1, 0.5, 0.1)]
    [InlineData(double.PositiveInfinity, 1, 0.5, 0.1)]
    [InlineData(1, double.NaN, 0.5, 0.1)]
    [InlineData(1, 0, 0.5, 0.1)]
    [InlineData(1, double.PositiveInfinity, 0.5, 0.1)]
    [InlineData(1e300, 1e-300, 0.5, 0.1)]
    [InlineData(1e-300, 1e300, 0.5, 0.1)]
    [InlineData(1, 1, double.NaN, 0.1)]
    [InlineData(1, 1, -0.01, 0.1)]
    [InlineData(1, 1, 1.01, 0.1)]
    [InlineData(1, 1, 0.5, double.NaN)]
    [InlineData(1, 1, 0.5, 0)]
    [InlineData(1, 1, 0.5, -1)]
    [InlineData(1, 1, 0.5, double.PositiveInfinity)]
    public void A_parameter_out_of_range_is_refused(double willingness, double overhead, double alpha, double price)
    {
        var user = new DataUser(willingness, overhead);
        Assert.Throws<ArgumentOutOfRangeException>(() => RevenueGame.BestResponse(user, alpha, price));
        Assert.Throws<ArgumentOutOfRangeException>(() => RevenueGame.UserUtility(user, alpha, price, 1));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_volume_out_of_range_is_refused(double volume) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => RevenueGame.UserUtility(new DataUser(1, 1), 0.5, 0.1, volume));

    private static IEnumerable<double> Alternatives(double best, double saturation)
    {
        for (var k = 0; k <= 200; k++)
        {
            yield return 2 * saturation * k / 200;
        }

        yield return Math.Max(0, best - (1e-3 * saturation));
        yield return best + (1e-3 * saturation);
    }
}
