namespace Mechanisms.Tests;

public sealed class ReproducibleTests
{
    // Reference values of 40 digits by Python's decimal, rounded.
    [Theory]
    [InlineData(2, 0.6931471805599453)]
    [InlineData(0.1, -2.3025850929940455)]
    [InlineData(3, 1.0986122886681098)]
    [InlineData(1.0000001, 9.999999505838705e-08)]
    [InlineData(1e300, 690.7755278982137)]
    [InlineData(2.5e-308, -708.2799179102919)]
    [InlineData(0.7071067811865475, -0.3465735902799728)]
    [InlineData(1, 0)]
    public void Logarithms_are_those_of_a_reference(double x, double expected) => Assert.Equal(expected, Reproducible.Log(x), Math.Abs(expected) * 1e-15);

    [Fact]
    public void Logarithms_agree_with_the_C_library_but_for_the_last_bits()
    {
        var random = new Random(3);
        for (var i = 0; i < 200_000; i++)
        {
            var x = Math.Exp((random.NextDouble() - 0.5) * (i % 2 == 0 ? 1_400 : 0.001));
            var expected = Math.Log(x);
            Assert.Equal(expected, Reproducible.Log(x), 2 * Math.Abs(Math.BitIncrement(expected) - expected));
        }
    }

    /// <summary>What another machine computes has to have these bits; the same formula in Python has them, too.</summary>
    [Fact]
    public void The_last_bit_is_fixed()
    {
        ulong bits = 0;
        for (var i = 1; i <= 10_000; i++)
        {
            bits = ((bits << 7) | (bits >> 57)) ^ BitConverter.DoubleToUInt64Bits(Reproducible.Log(i / 97.0));
        }

        Assert.Equal(0xE95E_941A_FFB6_405CUL, bits);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.Epsilon)]
    public void What_has_no_logarithm_here_is_refused(double x) => Assert.Throws<ArgumentOutOfRangeException>(() => Reproducible.Log(x));
}
