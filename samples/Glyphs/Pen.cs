namespace Glyphs;

/// <summary>Draws glyphs as different hands would: turned, stretched, slanted, moved, shaky, thick or thin, on paper with noise.</summary>
internal static class Pen
{
    /// <summary>Rows and columns of an image.</summary>
    public const int Side = 20;

    /// <summary>How far a point strays, in hundredths of the image: the standard deviation.</summary>
    private const float Shake = 3;

    /// <summary>Draws one glyph: ink is 1, paper 0.</summary>
    /// <param name="strokes">The glyph.</param>
    /// <param name="random">Decides the hand.</param>
    /// <param name="image">Side × Side pixels.</param>
    public static void Draw(Stroke[] strokes, Random random, Span<float> image)
    {
        var (sin, cos) = MathF.SinCos(Between(random, -0.32f, 0.32f));
        var (wide, high, slant) = (Between(random, 0.62f, 1.02f), Between(random, 0.66f, 1.02f), Between(random, -0.3f, 0.3f));
        var (right, down) = (Between(random, -9, 9), Between(random, -9, 9));
        var segments = new List<(float X, float Y, float DX, float DY)>();

        (float X, float Y) Move(float x, float y)
        {
            var (a, b) = (wide * (x - 50 + (Shake * Gaussian(random))), high * (y - 50 + (Shake * Gaussian(random))));
            a += slant * b;
            return (50 + right + (cos * a) - (sin * b), 50 + down + (sin * a) + (cos * b));
        }

        void Add(IEnumerable<(float X, float Y)> trace)
        {
            (float X, float Y)? last = null;
            foreach (var point in trace)
            {
                if (last is { } from)
                {
                    segments.Add((from.X, from.Y, point.X - from.X, point.Y - from.Y));
                }

                last = point;
            }
        }

        foreach (var stroke in strokes)
        {
            Add(stroke.Trace(Move));
        }

        var ink = Between(random, 0.55f, 1);
        Ink(segments, Between(random, 2.4f, 6.2f), ink, image);

        // A slip of the pen somewhere on the paper.
        segments.Clear();
        var (slipX, slipY) = (Between(random, 5, 95), Between(random, 5, 95));
        segments.Add((slipX, slipY, Between(random, -26, 26), Between(random, -26, 26)));
        Ink(segments, Between(random, 2, 4.5f), ink * Between(random, 0.3f, 1), image);
        Soil(image, Between(random, 0.03f, 0.16f), random);
    }

    /// <summary>Adds Gaussian noise and rounds to the 256 shades that a file of bytes could hold.</summary>
    /// <param name="sigma">The standard deviation; white is 1.</param>
    public static void Soil(Span<float> image, float sigma, Random random)
    {
        foreach (ref var pixel in image)
        {
            pixel = MathF.Round(255 * Math.Clamp(pixel + (sigma * Gaussian(random)), 0, 1)) / 255;
        }
    }

    /// <summary>A number from a range, each equally likely.</summary>
    public static float Between(Random random, float low, float high) => low + ((high - low) * random.NextSingle());

    /// <summary>A number of mean 0 and variance 1 (Box and Muller).</summary>
    public static float Gaussian(Random random) =>
        (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));

    /// <summary>Inks what is nearer to a segment than half the pen's width; the edge of a pixel's width is grey.</summary>
    private static void Ink(List<(float X, float Y, float DX, float DY)> segments, float halfWidth, float ink, Span<float> image)
    {
        const float Pixel = 100f / Side;
        for (var row = 0; row < Side; row++)
        {
            for (var column = 0; column < Side; column++)
            {
                var (x, y) = ((column + 0.5f) * Pixel, (row + 0.5f) * Pixel);
                var nearest = float.PositiveInfinity;
                foreach (var (fromX, fromY, dx, dy) in segments)
                {
                    var along = Math.Clamp((((x - fromX) * dx) + ((y - fromY) * dy)) / Math.Max((dx * dx) + (dy * dy), 1e-6f), 0, 1);
                    var (awayX, awayY) = (x - fromX - (along * dx), y - fromY - (along * dy));
                    nearest = Math.Min(nearest, (awayX * awayX) + (awayY * awayY));
                }

                var cover = Math.Clamp(((halfWidth - MathF.Sqrt(nearest)) / Pixel) + 0.5f, 0, 1);
                ref var pixel = ref image[(row * Side) + column];
                pixel = Math.Max(pixel, ink * cover);
            }
        }
    }
}
