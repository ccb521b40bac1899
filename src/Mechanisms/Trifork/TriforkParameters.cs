namespace Mechanisms.Trifork;

/// <summary>The two distances of a lagged Fibonacci generator: a word is the sum of those r and s places before it.</summary>
/// <param name="R">At most 1,024 words.</param>
/// <param name="S">From 1 to r − 1.</param>
public readonly record struct Lags(int R, int S);

/// <summary>What two Trifork generators have to share, beside their seed, to draw the same words.</summary>
/// <param name="WordBits">d: words are numbers modulo α = 2^d, 2 to 64 bits.</param>
/// <param name="Shift">β: bits by which the generators perturb each other's sums, from 1 to d − 1.</param>
/// <param name="X">The lags of x; those of y and z likewise.</param>
/// <remarks>Eqs. 1–4 of Bordel Sánchez et al., Computers 13(4), 2024; its printed Eq. 1 is damaged, this is Orue et al., IFIP CISIS 2010.</remarks>
public sealed record TriforkParameters(int WordBits, int Shift, Lags X, Lags Y, Lags Z)
{
    private const int MinWordBits = 2, MaxWordBits = 64, MaxLag = 1_024;

    /// <summary>
    /// The lags in use. Their long ones are exponents of Mersenne primes and their trinomials x^r + x^s + 1 are primitive modulo 2 (Zierler, Information
    /// and Control 15, 1969), so that the lowest bits of the unperturbed sums already have the periods 2^89 − 1, 2^127 − 1 and 2^521 − 1.
    /// </summary>
    /// <param name="wordBits">d, 2 to 64.</param>
    public static TriforkParameters Default(int wordBits = 64) => new(wordBits, wordBits / 2, new Lags(89, 38), new Lags(127, 63), new Lags(521, 168));

    /// <summary>Words of the three seed vectors together (Eq. 4).</summary>
    public int SeedWords => X.R + Y.R + Z.R;

    /// <summary>Refuses what makes no generator.</summary>
    /// <exception cref="ArgumentException">A number is out of its range.</exception>
    internal static void Check(TriforkParameters parameters)
    {
        if (parameters.WordBits is < MinWordBits or > MaxWordBits)
        {
            throw new ArgumentException($"Words of {parameters.WordBits} bits are not supported; {MinWordBits} to {MaxWordBits} are.", nameof(parameters));
        }

        if (parameters.Shift < 1 || parameters.Shift >= parameters.WordBits)
        {
            throw new ArgumentException($"The shift of {parameters.Shift} bits is not from 1 to {parameters.WordBits - 1}.", nameof(parameters));
        }

        foreach (var lags in (Lags[])[parameters.X, parameters.Y, parameters.Z])
        {
            if (lags.R is < 2 or > MaxLag || lags.S < 1 || lags.S >= lags.R)
            {
                throw new ArgumentException($"The lags {lags.R} and {lags.S} are not 1 ≤ s < r ≤ {MaxLag}.", nameof(parameters));
            }
        }
    }
}
