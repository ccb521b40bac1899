namespace Experiments.Randomness;

/// <summary>The incomplete gamma function, from which P-values come.</summary>
internal static class Gamma
{
    private const double Precision = 1e-15;

    /// <summary>Q(a, x) = Γ(a, x) / Γ(a) (Abramowitz and Stegun 6.5.3; NIST calls it igamc).</summary>
    /// <param name="a">A positive multiple of 1/2.</param>
    /// <param name="x">At least 0.</param>
    public static double Q(double a, double x) => x < a + 1 ? 1 - Series(a, x) : Fraction(a, x);

    /// <summary>erfc(x) for x ≥ 0 (Abramowitz and Stegun 6.5.17).</summary>
    public static double Erfc(double x) => Q(0.5, x * x);

    /// <summary>The normal distribution's Φ.</summary>
    public static double Normal(double x) => x > 0 ? 1 - (Erfc(x / Math.Sqrt(2)) / 2) : Erfc(-x / Math.Sqrt(2)) / 2;

    // Abramowitz and Stegun 6.5.29.
    private static double Series(double a, double x)
    {
        var (term, sum) = (1 / a, 1 / a);
        for (var n = 1; Math.Abs(term) > Math.Abs(sum) * Precision; n++)
        {
            term *= x / (a + n);
            sum += term;
        }

        return x == 0 ? 0 : sum * Scale(a, x);
    }

    // Abramowitz and Stegun 6.5.31, evaluated from the front (Lentz, Applied Optics 15, 1976).
    private static double Fraction(double a, double x)
    {
        const double Tiny = 1e-300;
        var b = x + 1 - a;
        var (c, d) = (1 / Tiny, 1 / b);
        var fraction = d;
        for (var n = 1; ; n++)
        {
            var numerator = -n * (n - a);
            b += 2;
            d = 1 / NotZero((numerator * d) + b);
            c = NotZero(b + (numerator / c));
            var factor = c * d;
            fraction *= factor;
            if (Math.Abs(factor - 1) < Precision)
            {
                return fraction * Scale(a, x);
            }
        }

        static double NotZero(double value) => Math.Abs(value) < Tiny ? Tiny : value;
    }

    // x^a e^−x / Γ(a)
    private static double Scale(double a, double x)
    {
        var (logarithm, k) = (a % 1 == 0 ? 0 : Math.Log(Math.PI) / 2, a % 1 == 0 ? 1 : 0.5);
        for (; k < a; k++)
        {
            logarithm += Math.Log(k);
        }

        return Math.Exp((a * Math.Log(x)) - x - logarithm);
    }
}
