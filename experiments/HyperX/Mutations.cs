using Mechanisms.Datasets;
using Mechanisms.Learning;

namespace Experiments.HyperX;

/// <summary>A way to spoil a provider's data, more and more.</summary>
/// <param name="Name">In a few words.</param>
/// <param name="Figure">The paper's figure.</param>
/// <param name="Level">What the level counts, for an axis.</param>
/// <param name="Levels">From nothing upwards.</param>
/// <param name="Apply">The data, the level, images that have nothing to do with the task, and what decides.</param>
internal sealed record Mutation(string Name, string Figure, string Level, IReadOnlyList<double> Levels, Func<Dataset, double, Dataset, Random, Dataset> Apply)
{
    /// <summary>The paper's five, with its numbers of levels: 11 for labels, 10 for the others.</summary>
    public static IReadOnlyList<Mutation> All { get; } =
    [
        new("shuffled labels", "6", "share of labels shuffled", Steps(11), (data, level, _, random) => Mutations.ShuffleLabels(data, level, random)),
        new("noise", "7 (i)", "noise added, σ (white is 1)", Steps(10), (data, level, _, random) => Mutations.AddNoise(data, level, random)),
        new("missing pixels", "7 (ii)", "share of pixels set to 0", Steps(10), (data, level, _, random) => Mutations.TakeOutPixels(data, level, random)),
        new("decimation", "7 (iii)", "share of rows and columns lost", Steps(10), (data, level, _, _) => Mutations.Decimate(data, level)),
        new("irrelevant images", "8", "share of irrelevant images", Steps(10), Mutations.Dope),
    ];

    private static double[] Steps(int count) => [.. Enumerable.Range(0, count).Select(k => k / 10.0)];
}

/// <summary>How data is spoilt (Li et al., §5.1.2 to §5.1.4). Each gives new data and leaves the old as it is.</summary>
internal static class Mutations
{
    /// <summary>The labels of a share of the samples change places among each other, so about one in ten of them stays right by chance.</summary>
    public static Dataset ShuffleLabels(Dataset data, double share, Random random)
    {
        var chosen = Choose(data, share, random);
        var taken = chosen.ToArray();
        random.Shuffle(taken);
        var labels = data.Labels.ToArray();
        for (var i = 0; i < chosen.Length; i++)
        {
            labels[chosen[i]] = data.Labels[taken[i]];
        }

        return new Dataset(data.Samples, labels, data.Classes);
    }

    /// <summary>Adds Gaussian noise to every pixel and cuts what leaves 0..1, as skimage's random_noise does.</summary>
    public static Dataset AddNoise(Dataset data, double sigma, Random random) => EachPixel(data, pixel =>
    {
        var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return (float)Math.Clamp(pixel + (sigma * normal), 0, 1);
    });

    /// <summary>Sets each pixel to 0 with a probability.</summary>
    public static Dataset TakeOutPixels(Dataset data, double share, Random random) => EachPixel(data, pixel => random.NextDouble() < share ? 0 : pixel);

    /// <summary>Makes every image smaller by a share of its rows and columns (means of areas) and large again (bilinear), which blurs it.</summary>
    public static Dataset Decimate(Dataset data, double share)
    {
        var (height, width) = (data.SampleShape[1], data.SampleShape[2]);
        var (rows, columns) = (Math.Max(1, (int)Math.Round(height * (1 - share))), Math.Max(1, (int)Math.Round(width * (1 - share))));
        var samples = new Tensor(data.Samples.Shape);
        var weights = (Rows: Resampling(height, rows), Columns: Resampling(width, columns));
        for (var plane = 0; plane < samples.Values.Length; plane += height * width)
        {
            Resample(data.Samples.Values.Slice(plane, height * width), weights.Rows, weights.Columns, samples.Values.Slice(plane, height * width));
        }

        return new Dataset(samples, data.Labels.AsSpan(), data.Classes);
    }

    /// <summary>Puts irrelevant images in the place of a share of the samples; each takes over the label of the one that it replaces.</summary>
    public static Dataset Dope(Dataset data, double share, Dataset irrelevant, Random random)
    {
        var samples = new Tensor(data.Samples.Shape, data.Samples.Values.ToArray());
        foreach (var i in Choose(data, share, random))
        {
            irrelevant.Sample(random.Next(irrelevant.Count)).CopyTo(samples.Values[(i * data.SampleShape.Count)..]);
        }

        return new Dataset(samples, data.Labels.AsSpan(), data.Classes);
    }

    /// <summary>A random part of the samples: what a provider discloses features of.</summary>
    /// <param name="percent">Rounded down, as a session's contract does it, but never below one per class.</param>
    public static Dataset Sample(Dataset data, int percent, Random random) =>
        data.Select(Choose(data, Math.Max((double)data.Classes / data.Count, percent / 100.0), random));

    private static int[] Choose(Dataset data, double share, Random random)
    {
        var order = Enumerable.Range(0, data.Count).ToArray();
        random.Shuffle(order);
        return order[..(int)Math.Floor((share * data.Count) + 1e-9)];
    }

    private static Dataset EachPixel(Dataset data, Func<float, float> change)
    {
        var samples = new Tensor(data.Samples.Shape);
        for (var i = 0; i < samples.Values.Length; i++)
        {
            samples.Values[i] = change(data.Samples.Values[i]);
        }

        return new Dataset(samples, data.Labels.AsSpan(), data.Classes);
    }

    /// <summary>Both ways in one matrix: [to, from] is how much of pixel "from" of a line comes back in pixel "to".</summary>
    private static double[,] Resampling(int length, int fewer)
    {
        var matrix = new double[length, length];
        var scale = (double)length / fewer;
        for (var to = 0; to < length; to++)
        {
            var at = Math.Clamp(((to + 0.5) / scale) - 0.5, 0, fewer - 1);
            var (low, part) = ((int)at, at - (int)at);
            for (var from = 0; from < length; from++)
            {
                double Area(int cell) => Math.Max(0, Math.Min((cell + 1) * scale, from + 1) - Math.Max(cell * scale, from)) / scale;
                matrix[to, from] = ((1 - part) * Area(low)) + (part > 0 ? part * Area(low + 1) : 0);
            }
        }

        return matrix;
    }

    private static void Resample(ReadOnlySpan<float> image, double[,] rows, double[,] columns, Span<float> result)
    {
        var (height, width) = (rows.GetLength(0), columns.GetLength(0));
        var half = new double[height * width];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                for (var from = 0; from < width; from++)
                {
                    half[(y * width) + x] += columns[x, from] * image[(y * width) + from];
                }
            }
        }

        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var sum = 0.0;
                for (var from = 0; from < height; from++)
                {
                    sum += rows[y, from] * half[(from * width) + x];
                }

                result[(y * width) + x] = (float)sum;
            }
        }
    }
}
