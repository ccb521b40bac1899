using System.Numerics;

namespace Mechanisms.Tests;

public sealed class CompensatedSumTests
{
    [Fact]
    public void A_small_term_is_not_lost_between_two_large_ones_that_cancel()
    {
        var sum = new CompensatedSum();
        foreach (var term in (double[])[1, 1e100, 1, -1e100])
        {
            sum.Add(term);
        }

        Assert.Equal(2, sum.Value);
    }

    [Fact]
    public void A_million_terms_sum_to_the_correctly_rounded_value_where_a_plain_sum_drifts()
    {
        const int seed = 5;
        var random = new Random(seed);
        var sum = new CompensatedSum();
        var plain = 0.0;
        var exact = BigInteger.Zero;
        for (var i = 0; i < 1_000_000; i++)
        {
            // Multiples of 2⁻⁶⁰ over nine decades: the integer sum is exact.
            var scaled = new BigInteger(Math.Pow(10, random.NextDouble() * 9) * random.NextDouble() * (1L << 60));
            var term = (double)scaled * Math.Pow(2, -60);
            sum.Add(term);
            plain += term;
            exact += scaled;
        }

        var expected = (double)exact * Math.Pow(2, -60);
        Assert.True(Math.Abs(sum.Value - expected) <= Math.BitIncrement(expected) - expected, $"seed {seed}: {sum.Value:R} is not {expected:R}");
        Assert.NotEqual(expected, plain);
    }
}
