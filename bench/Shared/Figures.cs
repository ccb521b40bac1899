namespace Bench.Shared;

/// <summary>Figures of a benchmark's rounds.</summary>
internal static class Figures
{
    /// <summary>The upper one of an even number.</summary>
    public static double Median(IReadOnlyCollection<double> values) => values.Order().ElementAt(values.Count / 2);
}
