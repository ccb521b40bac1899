namespace Glyphs;

/// <summary>Images that show nothing that a person would call a sign.</summary>
internal static class Texture
{
    /// <summary>Stripes, checks, blobs and gradients.</summary>
    public const int Kinds = 4;

    /// <summary>Draws one.</summary>
    /// <param name="kind">From 0 to below <see cref="Kinds"/>.</param>
    /// <param name="random">Decides its directions, sizes and shades.</param>
    /// <param name="image">Side × Side pixels.</param>
    public static void Draw(int kind, Random random, Span<float> image)
    {
        var shade = Shade(kind, random);
        var (dark, light) = (Pen.Between(random, 0, 0.4f), Pen.Between(random, 0.6f, 1));
        for (var row = 0; row < Pen.Side; row++)
        {
            for (var column = 0; column < Pen.Side; column++)
            {
                image[(row * Pen.Side) + column] = dark + ((light - dark) * Math.Clamp(shade(column, row), 0, 1));
            }
        }

        Pen.Soil(image, Pen.Between(random, 0.03f, 0.16f), random);
    }

    private static Func<float, float, float> Shade(int kind, Random random)
    {
        var (sin, cos) = MathF.SinCos(Pen.Between(random, 0, MathF.PI));
        var (wave, phase) = (2 * MathF.PI / Pen.Between(random, 3.5f, 9), Pen.Between(random, 0, 2 * MathF.PI));
        float Along(float x, float y) => MathF.Sin((wave * ((cos * x) + (sin * y))) + phase);
        float Across(float x, float y) => MathF.Sin((wave * ((cos * y) - (sin * x))) + phase);
        switch (kind)
        {
            case 0:
                return (x, y) => 0.5f + (1.5f * Along(x, y));
            case 1:
                return (x, y) => 0.5f + (4 * Along(x, y) * Across(x, y));
            case 2:
                var blobs = Enumerable.Range(0, random.Next(3, 7))
                    .Select(_ => (X: Pen.Between(random, 0, Pen.Side), Y: Pen.Between(random, 0, Pen.Side), Size: Pen.Between(random, 1.5f, 4))).ToArray();
                return (x, y) => blobs.Sum(blob => MathF.Exp(-(((x - blob.X) * (x - blob.X)) + ((y - blob.Y) * (y - blob.Y))) / (blob.Size * blob.Size)));
            default:
                return (x, y) => 0.5f + (((cos * (x - (Pen.Side / 2f))) + (sin * (y - (Pen.Side / 2f)))) / Pen.Side);
        }
    }
}
