namespace Mechanisms;

/// <summary>
/// A running sum whose error does not grow with the number of terms (Neumaier, ZAMM 54, 1974): it carries along
/// what each addition rounds away.
/// </summary>
internal struct CompensatedSum
{
    private double sum;
    private double lost;

    /// <summary>The sum so far, correct to about one rounding of the true value.</summary>
    public readonly double Value => sum + lost;

    /// <summary>Adds one finite term.</summary>
    public void Add(double term)
    {
        var next = sum + term;
        lost += Math.Abs(sum) >= Math.Abs(term) ? sum - next + term : term - next + sum;
        sum = next;
    }
}
