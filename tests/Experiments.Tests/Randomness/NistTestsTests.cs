using Experiments.Randomness;

namespace Experiments.Tests.Randomness;

/// <summary>Against the worked examples of SP 800-22 rev. 1a.</summary>
public sealed class NistTestsTests
{
    private const double Printed = 2e-6;

    /// <summary>The first 100 binary digits of π, as in 2.1.8.</summary>
    private static readonly byte[] Pi = Bits("1100100100001111110110101010001000100001011010001100001000110100110001001100011001100010100010111000");

    [Fact]
    public void Frequency_is_as_in_2_1()
    {
        Near(0.527089, NistTests.Frequency(Bits("1011010101")));
        Near(0.109599, NistTests.Frequency(Pi));
    }

    [Fact]
    public void Frequency_within_blocks_is_as_in_2_2()
    {
        Near(0.801252, NistTests.BlockFrequency(Bits("0110011010"), 3));
        Near(0.706438, NistTests.BlockFrequency(Pi, 10));
    }

    [Fact]
    public void Runs_are_as_in_2_3()
    {
        Near(0.147232, NistTests.Runs(Bits("1001101011")));
        Near(0.500798, NistTests.Runs(Pi));
        Assert.Equal(0, NistTests.Runs(Bits(new string('1', 100))));
    }

    [Fact]
    public void The_longest_run_is_as_in_2_4() => Assert.Equal(
        0.180609,
        NistTests.LongestRun(Bits("11001100000101010110110001001100111000000000001001001101010100010001001111010110100000001101011111001100111001101101100010110010")),
        1e-4); // the document's classes have four digits

    [Fact]
    public void Serial_is_as_in_2_11()
    {
        var (first, second) = NistTests.Serial(Bits("0011011101"), 3);
        Near(0.808792, first);
        Near(0.670320, second);
    }

    [Fact]
    public void Approximate_entropy_is_as_in_2_12()
    {
        Near(0.261961, NistTests.ApproximateEntropy(Bits("0100110101"), 3));
        Near(0.235301, NistTests.ApproximateEntropy(Pi, 2));
    }

    [Fact]
    public void Cumulative_sums_are_as_in_2_13()
    {
        Near(0.4116588, NistTests.CumulativeSums(Bits("1011010111"), backward: false));
        Near(0.219194, NistTests.CumulativeSums(Pi, backward: false));
        Near(0.114866, NistTests.CumulativeSums(Pi, backward: true));
    }

    [Fact]
    public void Trifork_passes_and_a_counter_does_not()
    {
        var run = NistRun.Of(64, 55, firstSeed: 1, () => { }, TestContext.Current.CancellationToken);
        Assert.True(run.IsGood, string.Join(' ', run.Passed));
        var counter = new byte[1_000_000];
        for (var i = 0; i < counter.Length; i++)
        {
            counter[i] = (byte)((i / 32) >> (i % 32) & 1);
        }

        Assert.Equal(0, NistTests.Frequency(counter));
        Assert.Equal(0, NistTests.Serial(counter, 16).First);
    }

    [Fact]
    public void All_bits_of_every_word_are_tested()
    {
        using var generator = Mechanisms.Trifork.TriforkGenerator.FromSeed(Mechanisms.Trifork.TriforkParameters.Default(), NistRun.Seed(3));
        using var stream = new WordStream(64, NistRun.Seed(3));
        for (var i = 0; i < 1_000; i++)
        {
            Assert.Equal(generator.Next(), ((ulong)stream.Next() << 32) | stream.Next());
        }

        using var small = Mechanisms.Trifork.TriforkGenerator.FromSeed(Mechanisms.Trifork.TriforkParameters.Default(5), NistRun.Seed(3));
        using var packed = new WordStream(5, NistRun.Seed(3));
        var bits = string.Concat(Enumerable.Range(0, 64).Select(_ => Convert.ToString((long)small.Next(), 2).PadLeft(5, '0')));
        Assert.Equal(bits, string.Concat(Enumerable.Range(0, 10).Select(_ => Convert.ToString(packed.Next(), 2).PadLeft(32, '0'))));
    }

    [Theory]
    [InlineData("PASSED", true)]
    [InlineData("WEAK", false)]
    [InlineData("FAILED", false)]
    public void A_failed_test_and_many_weak_ones_are_no_good(string assessment, bool good)
    {
        string[] Line(string value) => ["diehard_opso", "0", "2097152", "100", "0.5", value];
        Assert.Equal(good, Dieharder.IsGood([Line("PASSED"), Line(assessment), Line(assessment), Line(assessment), Line(assessment)]));
    }

    private static byte[] Bits(string digits) => [.. digits.Select(digit => (byte)(digit - '0'))];

    private static void Near(double expected, double actual) => Assert.InRange(actual, expected - Printed, expected + Printed);
}
