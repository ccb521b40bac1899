using Experiments.HyperX;
using Glyphs;
using Mechanisms.Datasets;
using Mechanisms.Learning;

namespace Experiments.Tests.HyperX;

public sealed class MutationsTests
{
    private static readonly Dataset Digits = Images.Digits(1000, 3);

    private static readonly Dataset Textures = Images.Textures(200, 4);

    [Fact]
    public void Every_mutation_leaves_the_data_as_it_is_at_its_first_level_and_spoils_it_at_the_others()
    {
        Assert.Equal([11, 10, 10, 10, 10], Mutation.All.Select(mutation => mutation.Levels.Count));
        foreach (var mutation in Mutation.All)
        {
            var before = Digits.Samples.Values.ToArray();
            Dataset At(int level) => mutation.Apply(Digits, mutation.Levels[level], Textures, new Random(1));
            Assert.Equal(before.Select(value => MathF.Round(value, 4)), At(0).Samples.Values.ToArray().Select(value => MathF.Round(value, 4)));
            Assert.Equal(Digits.Labels, At(0).Labels);
            Assert.True(Difference(At(3)) > 0, mutation.Name);
            Assert.True(Difference(At(9)) > Difference(At(3)), mutation.Name);
            Assert.Equal(before, Digits.Samples.Values.ToArray());
        }
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(1)]
    public void The_share_of_labels_that_is_said_is_shuffled_and_no_other(double share)
    {
        var shuffled = Mutations.ShuffleLabels(Digits, share, new Random(5));
        var wrong = Digits.Labels.Zip(shuffled.Labels).Count(pair => pair.First != pair.Second);
        // Nine in ten of the shuffled ones get another label; four standard deviations around that.
        var expected = 900 * share;
        Assert.InRange(wrong, expected - (4 * Math.Sqrt(expected * 0.1)) - 1, Math.Min(1000 * share, expected + (4 * Math.Sqrt(expected * 0.1)) + 1));
        Assert.Equal(Digits.Labels.Order(), shuffled.Labels.Order());
    }

    [Fact]
    public void Noise_has_its_standard_deviation_where_nothing_is_cut()
    {
        var grey = new Dataset(new Tensor(new Shape(100, 1, 10, 10), [.. Enumerable.Repeat(0.5f, 10_000)]), new int[100], 2);
        var noise = Mutations.AddNoise(grey, 0.1, new Random(6)).Samples.Values.ToArray();
        Assert.Equal(0.5, noise.Average(), 0.005);
        Assert.Equal(0.1, Math.Sqrt(noise.Average(value => Math.Pow(value - 0.5, 2))), 0.004);
        Assert.All(Mutations.AddNoise(grey, 0.9, new Random(6)).Samples.Values.ToArray(), value => Assert.InRange(value, 0, 1));
    }

    [Fact]
    public void Missing_pixels_are_0_and_as_many_as_is_said()
    {
        var white = new Dataset(new Tensor(new Shape(100, 1, 10, 10), [.. Enumerable.Repeat(1f, 10_000)]), new int[100], 2);
        var left = Mutations.TakeOutPixels(white, 0.7, new Random(7)).Samples.Values.ToArray();
        Assert.All(left, value => Assert.True(value is 0 or 1));
        Assert.Equal(0.3, left.Average(), 0.02);
    }

    [Fact]
    public void Decimation_keeps_an_even_image_and_blurs_an_edge()
    {
        var even = new Dataset(new Tensor(new Shape(1, 1, 20, 20), [.. Enumerable.Repeat(0.4f, 400)]), [0], 2);
        var edge = new Dataset(new Tensor(new Shape(1, 1, 20, 20), [.. Enumerable.Range(0, 400).Select(i => i % 20 < 10 ? 0f : 1)]), [0], 2);
        foreach (var share in new[] { 0.1, 0.3, 0.5, 0.9 })
        {
            Assert.All(Mutations.Decimate(even, share).Samples.Values.ToArray(), value => Assert.Equal(0.4f, value, 1e-5f));
            var row = Mutations.Decimate(edge, share).Sample(0)[..20].ToArray();
            Assert.Equal(row.Order(), row);
            Assert.Equal(0.5, row.Average(), 1e-5);
        }

        // Halved and made large again: the edge is four pixels wide.
        Assert.Equal([0, 0.25f, 0.75f, 1], Mutations.Decimate(edge, 0.5).Sample(0)[8..12].ToArray().Select(value => MathF.Round(value, 4)));
    }

    [Fact]
    public void Irrelevant_images_take_the_place_of_the_share_that_is_said_under_the_old_labels()
    {
        var doped = Mutations.Dope(Digits, 0.4, Textures, new Random(8));
        var replaced = Enumerable.Range(0, 1000).Where(i => !doped.Sample(i).SequenceEqual(Digits.Sample(i))).ToList();
        Assert.Equal(400, replaced.Count);
        Assert.All(replaced, i => Assert.Contains(Enumerable.Range(0, Textures.Count), t => Textures.Sample(t).SequenceEqual(doped.Sample(i))));
        Assert.Equal(Digits.Labels, doped.Labels);
    }

    [Fact]
    public void A_sample_is_the_percentage_rounded_down_without_repetition()
    {
        var sample = Mutations.Sample(Images.Digits(999, 3), 4, new Random(9));
        Assert.Equal(39, sample.Count);
        Assert.Equal(39, Enumerable.Range(0, 39).Select(i => Convert.ToHexString(System.Runtime.InteropServices.MemoryMarshal.AsBytes(sample.Sample(i)))).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(10, Mutations.Sample(Images.Digits(100, 3), 1, new Random(9)).Count);
    }

    private static double Difference(Dataset spoilt) =>
        spoilt.Labels.Zip(Digits.Labels).Count(pair => pair.First != pair.Second)
        + spoilt.Samples.Values.ToArray().Zip(Digits.Samples.Values.ToArray()).Sum(pair => Math.Abs(pair.First - pair.Second));
}
