using System.Buffers.Binary;
using System.CommandLine;
using System.IO.Compression;
using System.Xml.Linq;
using Experiments.HyperX;
using Glyphs;
using Mechanisms.Datasets;

namespace Experiments.Tests.HyperX;

public sealed class HyperXRunTests
{
    /// <summary>As small as it can be: this is about what is measured and written, not about what comes out.</summary>
    private static readonly Setup Small = Setup.Quick with { Whole = 60, Validation = 60, Generic = 52, Inverted = 24 };

    [Fact]
    public void A_run_measures_every_table_and_figure_and_the_same_seed_on_other_threads_writes_the_same()
    {
        var parts = new HashSet<string>(StringComparer.Ordinal);
        var result = Run(TaskSource.Glyphs, 1, threads: 1, part => parts.Add(part));
        Assert.Equal(6, parts.Count);
        Assert.Equal(["Train-Whole", "HyperX, 4 %", "Scratch-Subset, 4 %", "HyperX, 10 %", "Scratch-Subset, 10 %", "HyperX, 10 %, same rows", "Scratch-Subset, 10 %, same rows"], result.Methods.Select(method => method.Name));
        Assert.Equal(Mutation.All.Select(mutation => mutation.Levels.Count), result.Mutations.Select(mutation => mutation.Accuracies[0][4].Length));
        // Unspoilt data is the same whatever it is going to be spoilt with, and so are the same rows of it.
        foreach (var method in Enumerable.Range(0, 7).Where(method => result.Methods[method].SameRows))
        {
            Assert.Single(result.Mutations.Select(mutation => mutation.Accuracies[0][method][0]).Distinct());
        }

        Assert.Equal((17, 8, 6, 2), (result.Inversion.Count, result.Obfuscation.Count, result.Depths.Count, result.Sampling.Count));
        Assert.Equal([3600, 6800, 2500, 425, 65, 27], result.Depths.Select(row => row.Numbers).ToArray());
        Assert.True(result.Inversion[0].Error == 0 && result.Inversion.Skip(1).All(row => row.Error > 0));
        Assert.All(result.Obfuscation, row => Assert.InRange(row.Error, 0, 1e-4));
        // Rounding shows that features really went through δ and σ.
        Assert.All(result.Obfuscation.Skip(1), row => Assert.True(row.Error > 0, row.Key));
        var figures = Figures.All(result);
        Assert.Equal(8, figures.Count);
        Assert.All(figures, figure => Assert.Equal("svg", XDocument.Parse(figure.Content).Root!.Name.LocalName));

        var again = Run(TaskSource.Glyphs, 1, threads: 2, _ => { });
        Assert.Equal(Report.Markdown(result, "x"), Report.Markdown(again, "x"));
        Assert.Equal(figures, Figures.All(again));
        var (one, two) = (TaskSource.Glyphs.Draw(Small, 1), TaskSource.Glyphs.Draw(Small, 2));
        Assert.NotEqual(one.Training.Samples.Values.ToArray(), two.Training.Samples.Values.ToArray());
        Assert.NotEqual(one.Training.Samples.Values.ToArray(), one.Validation.Samples.Values[..one.Training.Samples.Values.Length].ToArray());
    }

    [Fact]
    public async Task A_quick_run_writes_its_pages_and_one_without_its_files_says_which_is_missing()
    {
        using var folder = new TemporaryFolder();
        var cancellation = TestContext.Current.CancellationToken;
        Assert.Equal(0, await HyperXCommand.Create().Parse(["--quick", "--seeds", "1", "--seed", "7", "--out", folder.Path]).InvokeAsync(cancellationToken: cancellation));
        Assert.Equal(
            ["figure-6-shuffled-labels.svg", "figure-7-decimation.svg", "figure-7-missing-pixels.svg", "figure-7-noise.svg", "figure-8-irrelevant-images.svg", "found.svg", "images.svg", "recovered.svg", "results.md"],
            Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        var page = await File.ReadAllTextAsync(Path.Combine(folder.Path, "results.md"), cancellation);
        Assert.Contains("`./run experiment hyperx --seeds 1 --seed 7 --quick`", page, StringComparison.Ordinal);
        Assert.Equal(11, page.Split("\n## ").Length - 1);
        Assert.Contains("| shuffled labels | 462 |", page, StringComparison.Ordinal);
        Assert.Contains("| irrelevant images | 252 |", page, StringComparison.Ordinal);

        using var errors = new StringWriter();
        var console = Console.Error;
        Console.SetError(errors);
        try
        {
            Assert.Equal(1, await HyperXCommand.Create().Parse(["--mnist", folder.Path, "--out", folder.Path]).InvokeAsync(cancellationToken: cancellation));
        }
        finally
        {
            Console.SetError(console);
        }

        Assert.Contains("There is no train-images-idx3-ubyte and no train-images-idx3-ubyte.gz", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Files_of_MNIST_are_read_packed_or_not_and_lose_their_margin()
    {
        using var folder = new TemporaryFolder();
        folder.Write("train-images-idx3-ubyte.gz", Packed(Idx(300, 28, 28)));
        folder.Write("train-labels-idx1-ubyte", Idx(300));
        folder.Write("t10k-images-idx3-ubyte", Idx(50, 28, 28));
        Assert.Contains("no t10k-labels-idx1-ubyte and no t10k-labels-idx1-ubyte.gz", Assert.Throws<FileNotFoundException>(() => TaskSource.Mnist(folder.Path)).Message, StringComparison.Ordinal);
        folder.Write("t10k-labels-idx1-ubyte.gz", [1, 2, 3]);
        Assert.Contains("no gzip file", Assert.Throws<DatasetFileException>(() => TaskSource.Mnist(folder.Path)).Message, StringComparison.Ordinal);
        folder.Write("t10k-labels-idx1-ubyte.gz", Packed(Idx(50)));
        var task = TaskSource.Mnist(folder.Path).Draw(Small, 1);
        Assert.Equal((60, 50, 26), (task.Training.Count, task.Validation.Count, task.Generic.Classes));
        Assert.Equal([1, 20, 20], task.Training.SampleShape.Extents);
        // Pixel (row, column) of every image is 28·row + column modulo 251.
        Assert.Equal(((28 * 4) + 4) / 255f, task.Training.Sample(0)[0]);
        Assert.Equal(((28 * 23) + 23) % 251 / 255f, task.Training.Sample(0)[^1]);
    }

    [Fact]
    public void Files_of_CIFAR_10_give_five_classes_to_learn_from_and_five_as_the_task()
    {
        using var folder = new TemporaryFolder();
        byte[] batch = [.. Enumerable.Range(0, 400).SelectMany(i => (byte[])[(byte)(i % 10), .. Enumerable.Repeat((byte)(i % 10 * 20), 3072)])];
        foreach (var name in Enumerable.Range(1, 5).Select(number => $"data_batch_{number}.bin").Append("test_batch.bin"))
        {
            Assert.Throws<FileNotFoundException>(() => TaskSource.Cifar10(folder.Path));
            folder.Write(name, batch);
        }

        var task = TaskSource.Cifar10(folder.Path).Draw(Small, 1);
        Assert.Equal((5, 5), (task.Training.Classes, task.Generic.Classes));
        Assert.All(Enumerable.Range(0, task.Training.Count), i => Assert.Equal((task.Training.Labels[i] + 5) * 20 / 255f, task.Training.Sample(i)[0]));
        Assert.All(Enumerable.Range(0, task.Irrelevant.Count), i => Assert.True(task.Irrelevant.Sample(i)[0] <= 80 / 255f));
        var collector = Collector.Create(Small, TaskSource.Cifar10(folder.Path), 1, TestContext.Current.CancellationToken);
        Assert.InRange(collector.HyperX(task.Training, TestContext.Current.CancellationToken), 0.1, 1);
    }

    [Theory]
    [InlineData("--seeds 0", "--seeds is 0; it must be between 1 and 100.")]
    [InlineData("--mnist a --cifar10 b", "give one of them")]
    public void Arguments_that_cannot_be_are_refused(string arguments, string message) =>
        Assert.Contains(message, Assert.Single(HyperXCommand.Create().Parse(arguments).Errors).Message, StringComparison.Ordinal);

    private static HyperXResult Run(TaskSource source, int seed, int threads, Action<string> onPart) => HyperXRun.Run(
        Small, source, seed, 1, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = TestContext.Current.CancellationToken }, (part, _, _) => onPart(part));

    private static byte[] Idx(int count, params int[] extents)
    {
        var bytes = new byte[8 + (4 * extents.Length) + (count * extents.Aggregate(1, (product, extent) => product * extent))];
        (bytes[2], bytes[3]) = (8, (byte)(1 + extents.Length));
        foreach (var (i, extent) in extents.Prepend(count).Index())
        {
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4 + (4 * i)), extent);
        }

        for (var i = 0; i < bytes.Length - 8 - (4 * extents.Length); i++)
        {
            bytes[8 + (4 * extents.Length) + i] = (byte)(extents.Length == 0 ? i % 10 : i % (28 * 28) % 251);
        }

        return bytes;
    }

    private static byte[] Packed(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }

    private sealed class TemporaryFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("hyperx-").FullName;

        public void Write(string name, byte[] bytes) => File.WriteAllBytes(System.IO.Path.Combine(Path, name), bytes);

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
