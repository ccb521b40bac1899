namespace Mechanisms;

/// <summary>An index in proportion to weights.</summary>
internal static class WeightedIndex
{
    /// <summary>The index at a share of the weights' sum; never one whose weight is 0.</summary>
    /// <param name="weights">At least 0, of which at least one is above; else the answer is −1.</param>
    /// <param name="share">From [0, 1).</param>
    public static int At(ReadOnlySpan<double> weights, double share)
    {
        var sum = 0.0;
        foreach (var weight in weights)
        {
            sum += weight;
        }

        var left = share * sum;
        var last = -1;
        for (var i = 0; i < weights.Length && (left >= 0 || last < 0); i++)
        {
            if (weights[i] > 0)
            {
                last = i;
                left -= weights[i];
            }
        }

        return last;
    }
}
