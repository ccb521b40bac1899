namespace Mechanisms;

/// <summary>
/// Logarithm and sine with the same last bit on every machine, for numbers on which parties have to agree. Those of <see cref="Math"/> are the C library's, and C libraries differ;
/// +, −, × and ÷ are exactly defined (IEEE 754), and nothing else is used here.
/// </summary>
public static class Reproducible
{
    // At |s| ≤ 0.172 the first left-out term, 2s²⁵/25, is below 1e-20.
    private const int LogTerms = 12;

    // At |x| ≤ π/4 the first left-out terms, x¹⁹/19! and x²⁰/20!, are below 1e-19.
    private const int SineTerms = 9;

    // ln 2 and π/2 as sums of two doubles: the first has 32 bits at most, so its products with small whole numbers are exact.
    private const double Ln2High = 0.693147180369123816490, Ln2Low = 1.90821492927058770002e-10;
    private const double HalfPiHigh = 1.57079632673412561417, HalfPiLow = 6.07710050650619224932e-11;

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

    /// <summary>sin x, at most 1e-15 off.</summary>
    /// <param name="x">Radians, from −1,000 to 1,000.</param>
    public static double Sin(double x)
    {
        if (!(Math.Abs(x) <= 1_000))
        {
            throw new ArgumentOutOfRangeException(nameof(x), x, "From -1,000 to 1,000.");
        }

        var quarters = Math.Round(x / (HalfPiHigh + HalfPiLow), MidpointRounding.ToEven);
        var rest = (x - (quarters * HalfPiHigh)) - (quarters * HalfPiLow);
        var turned = ((int)quarters & 3) switch
        {
            0 => Series(rest, odd: true),
            1 => Series(rest, odd: false),
            2 => -Series(rest, odd: true),
            _ => -Series(rest, odd: false),
        };
        return Math.Clamp(turned, -1, 1);
    }

    // sin (odd powers) or cos (even powers) near 0.
    private static double Series(double x, bool odd)
    {
        var square = x * x;
        double sum = 0;
        for (var term = SineTerms; term > 0; term--)
        {
            var power = (2 * term) + (odd ? 1 : 0);
            sum = (1 + sum) * -square / (power * (power - 1));
        }

        return odd ? x + (x * sum) : 1 + sum;
    }
}
