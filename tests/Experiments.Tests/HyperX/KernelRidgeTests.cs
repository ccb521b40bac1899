using Experiments.HyperX;
using Glyphs;
using Mechanisms.Learning;

namespace Experiments.Tests.HyperX;

public sealed class KernelRidgeTests
{
    [Fact]
    public void Images_are_read_back_from_features_that_hold_them_and_not_from_noise()
    {
        var (known, unknown) = (Images.Digits(80, 1).Samples, Images.Digits(20, 2).Samples);
        var random = new Random(3);
        var small = Pixels(known, 40);
        // Invertible: every pixel of a corner of the image, in other proportions and order.
        var turned = KernelRidge.Fit(Scaled(small), small).Recover(Scaled(Pixels(unknown, 40)));
        Assert.Equal(0, KernelRidge.Error(turned, Pixels(unknown, 40)), 0.02);
        var noise = KernelRidge.Fit(Noise(random, 80), small).Recover(Noise(random, 20));
        Assert.True(KernelRidge.Error(noise, Pixels(unknown, 40)) > 0.1);
        Assert.All(noise.Values.ToArray(), value => Assert.InRange(value, 0, 1));
    }

    private static Tensor Pixels(Tensor images, int count)
    {
        var pixels = new Tensor(new Shape(images.Shape[0], count));
        for (var i = 0; i < images.Shape[0]; i++)
        {
            images.Values.Slice((i * 400) + 180, count).CopyTo(pixels.Values[(i * count)..]);
        }

        return pixels;
    }

    private static Tensor Scaled(Tensor pixels) =>
        new(pixels.Shape, [.. pixels.Values.ToArray().Chunk(40).SelectMany(row => row.Reverse().Select((value, i) => (value * (i + 3)) - i))]);

    private static Tensor Noise(Random random, int count) => new(new Shape(count, 40), [.. Enumerable.Range(0, 40 * count).Select(_ => random.NextSingle())]);
}
