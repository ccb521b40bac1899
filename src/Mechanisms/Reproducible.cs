namespace Mechanisms;

/// <summary>
/// A logarithm with the same last bit on every machine, for numbers on which parties have to agree. That of <see cref="Math"/> is the C library's, and C libraries differ;
/// +, −, × and ÷ are exactly defined (IEEE 754), and nothing else is used here.
/// </summary>
public static class Reproducible
{
    // At |s| ≤ 0.172 the first left-out term, 2s²⁵/25, is below 1e-20.
    private const int LogTerms = 12;

    // ln 2 as the sum of two doubles: the first has 32 bits, so its products with exponents are exact.
    private const double Ln2High = 0.693147180369123816490, Ln2Low = 1.90821492927058770002e-10;

    /// <summary>ln x, at most two units in the last place off (in tests; where x is near 1, relative to ln x).</summary>
    /// <param name="x">A normal number above 0.</param>
    public static double Log(double x)
    {
        if (!double.IsNormal(x) || x < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(x), x, "A normal number above 0.");
        }

        // x = 2^k m with m in [√½, √2); ln m = 2 artanh s with s = (m − 1) / (m + 1).
        var bits = BitConverter.DoubleToInt64Bits(x);
        var exponent = (int)(bits >> 52) - 1023;
        var mantissa = BitConverter.Int64BitsToDouble((bits & 0xF_FFFF_FFFF_FFFF) | (1023L << 52));
        if (mantissa > 1.4142135623730951)
        {
            (mantissa, exponent) = (mantissa / 2, exponent + 1);
        }

        var s = (mantissa - 1) / (mantissa + 1);
        var square = s * s;
        double series = 0;
        for (var term = LogTerms - 1; term > 0; term--)
        {
            series = (series + (1.0 / ((2 * term) + 1))) * square;
        }

        return (exponent * Ln2High) + ((exponent * Ln2Low) + (2 * s * series) + (2 * s));
    }
}
