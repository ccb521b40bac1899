using Mechanisms.Datasets;
using Mechanisms.Learning;

namespace Glyphs;

/// <summary>
/// Labelled grey images of 1 × 20 × 20 pixels between 0 and 1, drawn by this program: no font and no file is needed. The same seed always draws the
/// same images. Classes take turns, so that all of them occur equally often.
/// </summary>
public static class Images
{
    /// <summary>Signs and letters that are no digits, 26 classes: something general to learn to see with.</summary>
    /// <param name="count">How many images, 1 or more.</param>
    public static Dataset Generic(int count, int seed) => Draw(count, Alphabet.Generic.Count, seed, (label, random, image) => Draw(Alphabet.Generic[label], random, image));

    /// <summary>Digits as different hands write them, 10 classes: the task.</summary>
    /// <inheritdoc cref="Generic"/>
    public static Dataset Digits(int count, int seed) => Draw(count, Alphabet.Digits.Count, seed, (label, random, image) => Draw(Alphabet.Digits[label], random, image));

    /// <summary>Stripes, checks, blobs and gradients, 4 classes: images that have nothing to do with the task.</summary>
    /// <inheritdoc cref="Generic"/>
    public static Dataset Textures(int count, int seed) => Draw(count, Texture.Kinds, seed, Texture.Draw);

    private delegate void Drawing(int label, Random random, Span<float> image);

    private static void Draw(Stroke[][] variants, Random random, Span<float> image) => Pen.Draw(variants[random.Next(variants.Length)], random, image);

    private static Dataset Draw(int count, int classes, int seed, Drawing drawing)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var random = new Random(seed);
        var samples = new Tensor(new Shape(count, 1, Pen.Side, Pen.Side));
        var labels = Enumerable.Range(0, count).Select(i => i % classes).ToArray();
        const int Pixels = Pen.Side * Pen.Side;
        for (var i = 0; i < count; i++)
        {
            drawing(labels[i], random, samples.Values.Slice(i * Pixels, Pixels));
        }

        return new Dataset(samples, labels, classes);
    }
}
