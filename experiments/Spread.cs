namespace Experiments;

/// <summary>What a quantity came out as over many draws.</summary>
/// <param name="Median">The middle value (of an even number of draws, the mean of the two in the middle).</param>
/// <param name="Low">The lowest value.</param>
/// <param name="High">The highest value.</param>
internal readonly record struct Spread(double Median, double Low, double High)
{
    /// <exception cref="ArgumentException">There are no values.</exception>
    public static Spread Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        if (sorted.Length == 0)
        {
            throw new ArgumentException("A spread needs at least one value.", nameof(values));
        }

        return new Spread((sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2, sorted[0], sorted[^1]);
    }

    /// <summary>The median and, in brackets, the range, each in the given number format.</summary>
    public string ToString(string format) => $"{Median.ToString(format)} ({Low.ToString(format)} to {High.ToString(format)})";
}
