using Mechanisms.Reputation;

namespace Mechanisms.Tests.Reputation;

public sealed class TrustThresholdTests
{
    [Theory]
    [InlineData(0, 0, 2, 0.20)]
    [InlineData(0.5, 0.5, 16, 0.45)]
    [InlineData(1, 1, 30, 0.75)]
    [InlineData(1, 1, 1_000, 0.75)]
    [InlineData(0, 1, 2, 0.55)]
    [InlineData(1, 0, 30, 0.40)]
    [InlineData(0.25, 0.5, 16, 0.375)] // half way between two rules
    [InlineData(0.5, 0.75, 16, 0.55)]
    [InlineData(0.5, 0.5, 9, 0.475)]
    public void Rules_hold_where_they_are_stated_and_are_mixed_between(double reputation, double sensitivity, int zone, double expected) =>
        Assert.Equal(expected, TrustThreshold.Of(reputation, sensitivity, zone), 1e-12);

    [Fact]
    public void It_rises_with_reputation_and_sensitivity_and_falls_with_the_zone()
    {
        for (var i = 0; i < 20; i++)
        {
            for (var j = 0; j < 20; j++)
            {
                for (var zone = TrustThreshold.LeastZone; zone < TrustThreshold.LargestZone; zone++)
                {
                    var here = TrustThreshold.Of(i / 20.0, j / 20.0, zone);
                    Assert.True(TrustThreshold.Of((i + 1) / 20.0, j / 20.0, zone) > here);
                    Assert.True(TrustThreshold.Of(i / 20.0, (j + 1) / 20.0, zone) > here);
                    Assert.True(TrustThreshold.Of(i / 20.0, j / 20.0, zone + 1) < here);
                }
            }
        }
    }

    [Theory]
    [InlineData(-0.1, 0.5, 5)]
    [InlineData(0.5, 1.1, 5)]
    [InlineData(double.NaN, 0.5, 5)]
    [InlineData(0.5, double.NaN, 5)]
    [InlineData(0.5, 0.5, 1)]
    public void What_is_out_of_range_is_refused(double reputation, double sensitivity, int zone) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => TrustThreshold.Of(reputation, sensitivity, zone));
}
