using System.Numerics;
using Mechanisms.Trifork;

namespace Mechanisms.Tests.Trifork;

public sealed class TriforkGeneratorTests
{
    private static readonly byte[] Seed = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    /// <summary>Eq. 1, term by term, on whole histories of arbitrary integers instead of rings of words.</summary>
    [Theory]
    [InlineData(64, 32, 89, 38, 127, 63, 521, 168)]
    [InlineData(64, 1, 2, 1, 3, 1, 5, 2)]
    [InlineData(32, 16, 89, 38, 127, 63, 521, 168)]
    [InlineData(31, 30, 7, 3, 7, 1, 7, 6)]
    [InlineData(2, 1, 5, 2, 3, 2, 2, 1)]
    public void Words_are_those_of_the_papers_equation(int wordBits, int shift, int r1, int s1, int r2, int s2, int r3, int s3)
    {
        var parameters = new TriforkParameters(wordBits, shift, new Lags(r1, s1), new Lags(r2, s2), new Lags(r3, s3));
        var alpha = BigInteger.One << wordBits;
        var random = new Random(wordBits);
        List<BigInteger>[] histories = [.. new[] { r1, r2, r3 }.Select(r => Enumerable.Range(0, r).Select(_ => (BigInteger)(ulong)random.NextInt64(long.MinValue, long.MaxValue) % alpha).ToList())];
        ulong[][] seeds = [.. histories.Select(h => h.Select(word => (ulong)word).ToArray())];
        using var generator = new TriforkGenerator(parameters, seeds[0], seeds[1], seeds[2]);
        var (x, y, z) = (histories[0], histories[1], histories[2]);
        for (var i = 0; i < 2_000; i++)
        {
            var sumX = (x[^r1] + x[^s1]) % alpha;
            var sumY = (y[^r2] + y[^s2]) % alpha;
            var sumZ = (z[^r3] + z[^s3]) % alpha;
            x.Add(sumX ^ (sumZ >> shift));
            y.Add(sumY ^ (sumX >> shift));
            z.Add(sumZ ^ (sumY >> shift));
            Assert.Equal(x[^1] ^ z[^1], generator.Next());
        }
    }

    [Fact]
    public void A_seed_draws_the_same_words_for_ever()
    {
        Assert.Equal(Vectors.First64, Words(TriforkParameters.Default(), 0, skipped: 0, count: 3));
        Assert.Equal(Vectors.First16, Words(TriforkParameters.Default(16), 0, skipped: 0, count: 3));
        Assert.Equal(Vectors.LongLags, Words(new TriforkParameters(64, 32, new Lags(1000, 1), new Lags(1000, 2), new Lags(1000, 3)), 0, skipped: 0, count: 3));
        Assert.Equal(Vectors.Later, Enumerable.Range(0, 8).SelectMany(seed => Words(TriforkParameters.Default(), seed, skipped: 1000, count: 1)));
        Assert.Equal(Vectors.LaterOfTwoBits, Enumerable.Range(0, 16).SelectMany(seed => Words(TriforkParameters.Default(2), seed, skipped: 1000, count: 1)));
    }

    [Fact]
    public void Every_bit_of_the_seed_and_every_parameter_changes_the_words()
    {
        var seen = new HashSet<ulong> { First(TriforkParameters.Default(), Seed) };
        for (var bit = 0; bit < 256; bit++)
        {
            byte[] other = [.. Seed];
            other[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.True(seen.Add(First(TriforkParameters.Default(), other)), $"bit {bit}");
        }

        var usual = TriforkParameters.Default();
        foreach (var parameters in (TriforkParameters[])[usual with { Shift = 31 }, usual with { X = new Lags(89, 37) }, usual with { Y = new Lags(126, 63) }, usual with { Z = new Lags(521, 167) }])
        {
            Assert.True(seen.Add(First(parameters, Seed)), $"{parameters}");
        }
    }

    [Theory]
    [InlineData(1, 1, 89, 38)]
    [InlineData(65, 32, 89, 38)]
    [InlineData(64, 0, 89, 38)]
    [InlineData(64, 64, 89, 38)]
    [InlineData(64, 32, 89, 89)]
    [InlineData(64, 32, 89, 0)]
    [InlineData(64, 32, 1, 1)]
    [InlineData(64, 32, 1025, 38)]
    public void Parameters_that_make_no_generator_are_refused(int wordBits, int shift, int r, int s)
    {
        var lags = new Lags(89, 38);
        Assert.Throws<ArgumentException>(() => First(new TriforkParameters(wordBits, shift, new Lags(r, s), lags, lags), Seed));
        Assert.Throws<ArgumentException>(() => First(new TriforkParameters(wordBits, shift, lags, new Lags(r, s), lags), Seed));
        Assert.Throws<ArgumentException>(() => First(new TriforkParameters(wordBits, shift, lags, lags, new Lags(r, s)), Seed));
    }

    [Fact]
    public void Seeds_that_do_not_fit_are_refused()
    {
        var parameters = new TriforkParameters(8, 4, new Lags(3, 1), new Lags(3, 1), new Lags(3, 1));
        Assert.Throws<ArgumentException>(() => First(parameters, Seed[1..]));
        Assert.Throws<ArgumentException>(() => new TriforkGenerator(parameters, [1, 2], [1, 2, 3], [1, 2, 3]));
        Assert.Throws<ArgumentException>(() => new TriforkGenerator(parameters, [1, 2, 3], [1, 2, 3], [1, 2, 256]));
    }

    private static ulong[] Words(TriforkParameters parameters, int seed, int skipped, int count)
    {
        using var generator = TriforkGenerator.FromSeed(parameters, [.. Enumerable.Range(seed, 32).Select(i => (byte)i)]);
        for (var i = 0; i < skipped; i++)
        {
            generator.Next();
        }

        return [.. Enumerable.Range(0, count).Select(_ => generator.Next())];
    }

    private static ulong First(TriforkParameters parameters, byte[] seed)
    {
        using var generator = TriforkGenerator.FromSeed(parameters, seed);
        return generator.Next();
    }
}
