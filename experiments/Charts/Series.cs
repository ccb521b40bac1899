namespace Experiments.Charts;

/// <summary>A value and the range in which it came out over all draws; without a range, low = high = y.</summary>
internal readonly record struct ChartPoint(double X, double Y, double Low, double High)
{
    public ChartPoint(double x, double y)
        : this(x, y, y, y)
    {
    }
}

/// <summary>A line of a chart, with a band where its points have a range.</summary>
internal sealed record Series(string Name, IReadOnlyList<ChartPoint> Points);

/// <summary>A single point that is worth a word, such as an optimum.</summary>
internal sealed record Marker(string Text, double X, double Y);
