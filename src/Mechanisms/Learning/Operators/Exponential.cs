namespace Mechanisms.Learning.Operators;

/// <summary>
/// The exponential function from additions and multiplications only, so that it has the same bits on every machine; the
/// platform's comes from the C library.
/// </summary>
internal static class Exponential
{
    private const double Log2OfE = 1.4426950408889634;
    private const double Ln2High = 6.93147180369123816490e-01;
    private const double Ln2Low = 1.90821492927058770002e-10;

    /// <summary>eˣ for x up to 700, to about 10⁻¹⁵ relative; 0 below −700. x = k ln 2 + r, |r| ≤ ½ ln 2, and a Taylor series of degree 13 for eʳ.</summary>
    public static double Of(double x)
    {
        if (x < -700)
        {
            return 0;
        }

        var k = Math.Round(x * Log2OfE);
        var r = x - (k * Ln2High) - (k * Ln2Low);
        var sum = 1.0;
        for (var n = 13; n >= 1; n--)
        {
            sum = 1 + (r / n * sum);
        }

        return Math.ScaleB(sum, (int)k);
    }
}
