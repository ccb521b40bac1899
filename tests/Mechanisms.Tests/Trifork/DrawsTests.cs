using Mechanisms.Trifork;

namespace Mechanisms.Tests.Trifork;

public sealed class DrawsTests
{
    [Theory]
    [InlineData(64)]
    [InlineData(5)]
    [InlineData(2)]
    public void Numbers_below_a_bound_are_even_and_reach_every_value(int wordBits)
    {
        using var generator = Generator(wordBits);
        foreach (var bound in (int[])[1, 2, 3, 6, 7, 37, 100])
        {
            var counts = new int[bound];
            const int PerValue = 2_000;
            for (var i = 0; i < bound * PerValue; i++)
            {
                counts[generator.Below(bound)]++;
            }

            // χ² with k degrees of freedom is above k + 4.5 √(2k) + 10 less than once in 100,000 times.
            var statistic = counts.Sum(count => Math.Pow(count - PerValue, 2) / PerValue);
            Assert.True(statistic < bound - 1 + (4.5 * Math.Sqrt(2 * bound)) + 10, $"{wordBits} bits below {bound}: χ² = {statistic}");
        }
    }

    /// <summary>The remainder of a division of 8-bit words by 192 gives 0 to 63 twice as often as the rest.</summary>
    [Fact]
    public void Small_numbers_are_not_favoured()
    {
        using var generator = Generator(8);
        var small = Enumerable.Range(0, 30_000).Count(_ => generator.Below(192) < 64);
        Assert.InRange(small, 9_600, 10_400);
    }

    [Fact]
    public void Bounds_above_a_word_take_several_words()
    {
        using var generator = Generator(7);
        const long Bound = (1L << 50) - 12_345;
        var numbers = Enumerable.Range(0, 4_000).Select(_ => generator.Below(Bound)).ToList();
        Assert.All(numbers, number => Assert.InRange(number, 0, Bound - 1));
        Assert.InRange(numbers.Average(), Bound * 0.48, Bound * 0.52);
        Assert.Equal(numbers.Count, numbers.Distinct().Count());
    }

    [Fact]
    public void Bounds_out_of_range_are_refused()
    {
        using var generator = Generator(64);
        Assert.Throws<ArgumentOutOfRangeException>(() => generator.Below(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => generator.Bits(64));
        Assert.Equal(0ul, generator.Bits(0));
    }

    [Fact]
    public void A_seed_gives_the_same_order_for_ever()
    {
        var order = new int[16];
        foreach (var (wordBits, expected) in ((int, int[])[])[(64, Vectors.Order64), (3, Vectors.Order3)])
        {
            using var generator = TriforkGenerator.FromSeed(TriforkParameters.Default(wordBits), [.. Enumerable.Range(0, 32).Select(i => (byte)i)]);
            generator.Permute(order);
            Assert.Equal(expected, order);
        }
    }

    [Fact]
    public void Every_order_of_five_comes_equally_often()
    {
        using var generator = Generator(64);
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        const int PerOrder = 500;
        var order = new int[5];
        for (var i = 0; i < 120 * PerOrder; i++)
        {
            generator.Permute(order);
            var key = string.Join(',', order);
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }

        Assert.Equal(120, counts.Count);
        var statistic = counts.Values.Sum(count => Math.Pow(count - PerOrder, 2) / PerOrder);
        Assert.True(statistic < 119 + (4.5 * Math.Sqrt(240)), $"χ² = {statistic}");
    }

    private static TriforkGenerator Generator(int wordBits) => TriforkGenerator.FromSeed(TriforkParameters.Default(wordBits), new byte[32]);
}
