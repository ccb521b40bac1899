namespace Mechanisms.Mobility;

/// <summary>Random numbers of other distributions than the even one.</summary>
internal static class Draws
{
    private const double Part = 500;

    /// <summary>A Poisson number, by multiplying even ones (Knuth, TAOCP 2, 3.4.1), in parts whose exponential is no 0.</summary>
    public static int Poisson(Random random, double mean)
    {
        var count = 0;
        for (; mean > 0; mean -= Part)
        {
            var end = Math.Exp(-Math.Min(mean, Part));
            for (var product = random.NextDouble(); product > end; product *= random.NextDouble())
            {
                count++;
            }
        }

        return count;
    }

    /// <summary>Two independent standard normal numbers (Box and Muller, 1958).</summary>
    public static (double First, double Second) Normals(Random random)
    {
        var radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
        var (sin, cos) = Math.SinCos(2 * Math.PI * random.NextDouble());
        return (radius * cos, radius * sin);
    }

    /// <summary>An exponential number.</summary>
    public static double Exponential(Random random, double mean) => -mean * Math.Log(1 - random.NextDouble());

    /// <summary>An index, in proportion to weights of which at least one is above 0.</summary>
    public static int Weighted(Random random, ReadOnlySpan<double> weights) => WeightedIndex.At(weights, random.NextDouble());
}
