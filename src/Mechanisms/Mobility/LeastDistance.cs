using System.Numerics;

namespace Mechanisms.Mobility;

/// <summary>
/// How far two places are apart at least, in whole numbers throughout, as contracts/src/Geography.sol computes it: who is accused of a false place is convicted by exactly this number.
/// A way on the ellipsoid (WGS 84) is nowhere shorter than on a sphere of its least radius of curvature, there a great circle not shorter than its chord, chord² = 4R²(sin²(Δφ/2) + cos φ₁ cos φ₂ sin²(Δλ/2)), and
/// sin x ≥ x − x³/6 + x⁵/120 − x⁷/5040 up to a right angle; every step rounds down.
/// </summary>
public static class LeastDistance
{
    /// <summary>Largest latitude and longitude, in millionths of a degree.</summary>
    public const int MaxLatitude = 90_000_000, MaxLongitude = 180_000_000;

    private const int LeastRadius = 6_335_439; // metres: the meridian's at the equator, a(1 − e²)
    private const long Microdegree = 17_453_292_519; // radians, times 1e18, rounded down
    private static readonly BigInteger One = BigInteger.Pow(10, 12);

    /// <summary>Whether two numbers are a place on Earth.</summary>
    /// <param name="latitude">Millionths of a degree.</param>
    /// <param name="longitude">Millionths of a degree.</param>
    public static bool IsPlace(int latitude, int longitude) => latitude is >= -MaxLatitude and <= MaxLatitude && longitude is >= -MaxLongitude and <= MaxLongitude;

    /// <summary>Metres, never more than there are.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No place.</exception>
    public static long Metres(int latitude, int longitude, int otherLatitude, int otherLongitude)
    {
        if (!IsPlace(latitude, longitude) || !IsPlace(otherLatitude, otherLongitude))
        {
            throw new ArgumentOutOfRangeException(nameof(latitude), "Latitudes are from -90 to 90 degrees, longitudes from -180 to 180, in millionths of a degree.");
        }

        var north = Sine((BigInteger)Gap(latitude, otherLatitude) * Microdegree / 2_000_000);
        var turn = Gap(longitude, otherLongitude);
        var east = Sine((BigInteger)Math.Min(turn, (2 * MaxLongitude) - turn) * Microdegree / 2_000_000);
        var squared = (north * north) + (Cosine(latitude) * Cosine(otherLatitude) * east / One * east / One);
        return (long)(2 * LeastRadius * SquareRoot(squared) / One);
    }

    private static long Gap(long left, long right) => Math.Abs(left - right);

    private static BigInteger Cosine(long latitude) => Sine((BigInteger)(MaxLatitude - Math.Abs(latitude)) * Microdegree / 1_000_000);

    /// <summary>Of an angle in radians, times 1e12 as the result is.</summary>
    private static BigInteger Sine(BigInteger x)
    {
        var square = CeilingOf(x * x, One);
        var above = x + (BigInteger.Pow(x, 5) / (120 * BigInteger.Pow(One, 4)));
        return above - CeilingOf(BigInteger.Pow(x, 3), 6 * One * One) - CeilingOf(x * BigInteger.Pow(square, 3), 5040 * BigInteger.Pow(One, 3));
    }

    private static BigInteger CeilingOf(BigInteger dividend, BigInteger divisor) => (dividend + divisor - 1) / divisor;

    /// <summary>Rounded down.</summary>
    private static BigInteger SquareRoot(BigInteger value)
    {
        // The double's root is right to 53 bits, and the root has at most 41.
        var root = (BigInteger)Math.Sqrt((double)value);
        while (root * root > value)
        {
            root--;
        }

        while ((root + 1) * (root + 1) <= value)
        {
            root++;
        }

        return root;
    }
}
