namespace Glyphs;

/// <summary>A line of a pen through points of a square of 100 × 100, x to the right and y down.</summary>
/// <param name="Kind">How it goes from point to point.</param>
/// <param name="Points">x and y in turn, two points or more.</param>
internal sealed record Stroke(StrokeKind Kind, params float[] Points)
{
    /// <summary>Pieces that a curve has between two points.</summary>
    private const int Pieces = 6;

    /// <summary>The stroke through straight points.</summary>
    public static Stroke Line(params float[] points) => new(StrokeKind.Line, points);

    /// <summary>The stroke that bends softly through its points.</summary>
    public static Stroke Curve(params float[] points) => new(StrokeKind.Curve, points);

    /// <summary>The soft stroke that returns to its first point.</summary>
    public static Stroke Loop(params float[] points) => new(StrokeKind.Loop, points);

    /// <summary>The stroke as short straight segments, after each of its points was moved.</summary>
    public IEnumerable<(float X, float Y)> Trace(Func<float, float, (float X, float Y)> move)
    {
        var points = Points.Chunk(2).Select(point => move(point[0], point[1])).ToArray();
        return Kind switch
        {
            StrokeKind.Line => points,
            StrokeKind.Curve => Spline([points[0], .. points, points[^1]]),
            _ => Spline([points[^1], .. points, points[0], points[1]]),
        };
    }

    /// <summary>Catmull and Rom's spline: through every point but the first and the last, which give the ends their direction.</summary>
    private static IEnumerable<(float X, float Y)> Spline((float X, float Y)[] p)
    {
        for (var i = 1; i < p.Length - 2; i++)
        {
            for (var piece = 0; piece < Pieces; piece++)
            {
                var t = (float)piece / Pieces;
                yield return (Between(p[i - 1].X, p[i].X, p[i + 1].X, p[i + 2].X, t), Between(p[i - 1].Y, p[i].Y, p[i + 1].Y, p[i + 2].Y, t));
            }
        }

        yield return p[^2];
    }

    private static float Between(float before, float from, float to, float after, float t) =>
        from + (0.5f * t * (to - before + (t * ((2 * before) - (5 * from) + (4 * to) - after + (t * ((3 * (from - to)) + after - before))))));
}

/// <summary>How a stroke goes from point to point.</summary>
internal enum StrokeKind
{
    /// <summary>Straight.</summary>
    Line,

    /// <summary>Bent, with two ends.</summary>
    Curve,

    /// <summary>Bent and closed.</summary>
    Loop,
}
