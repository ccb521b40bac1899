using Glyphs;
using Mechanisms.Datasets;
using Mechanisms.Learning;

namespace Experiments.Tests.Glyphs;

public sealed class ImagesTests
{
    public static TheoryData<string, int> Families => new() { { nameof(Images.Generic), 26 }, { nameof(Images.Digits), 10 }, { nameof(Images.Textures), 4 } };

    [Theory]
    [MemberData(nameof(Families))]
    public void The_same_seed_draws_the_same_images_and_every_class_in_turn(string family, int classes)
    {
        var (images, again, others) = (Draw(family, 60, 3), Draw(family, 60, 3), Draw(family, 60, 4));
        Assert.Equal(new Shape(60, 1, 20, 20), images.Samples.Shape);
        Assert.Equal(classes, images.Classes);
        Assert.Equal(Enumerable.Range(0, 60).Select(i => i % classes), images.Labels);
        Assert.Equal(images.Samples.Values.ToArray(), again.Samples.Values.ToArray());
        Assert.NotEqual(images.Samples.Values.ToArray(), others.Samples.Values.ToArray());
        Assert.NotEqual(images.Sample(0).ToArray(), images.Sample(classes).ToArray());
        Assert.All(images.Samples.Values.ToArray(), value => Assert.True(value is >= 0 and <= 1 && MathF.Abs((value * 255) - MathF.Round(value * 255)) < 1e-3f));
    }

    [Fact]
    public void Every_glyph_leaves_ink_on_the_paper_and_paper_around_it()
    {
        foreach (var images in new[] { Images.Digits(200, 1), Images.Generic(260, 1) })
        {
            for (var i = 0; i < images.Count; i++)
            {
                var inked = images.Sample(i).ToArray().Count(pixel => pixel > 0.4f);
                Assert.True(inked is >= 8 and <= 240, $"glyph {images.Labels[i]} of {images.Classes}: {inked} of 400 pixels are dark");
            }
        }
    }

    private static Dataset Draw(string family, int count, int seed) => family switch
    {
        nameof(Images.Generic) => Images.Generic(count, seed),
        nameof(Images.Digits) => Images.Digits(count, seed),
        _ => Images.Textures(count, seed),
    };
}
