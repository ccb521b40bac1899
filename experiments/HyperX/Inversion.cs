using Mechanisms.Datasets;
using Mechanisms.Learning;
using Mechanisms.Learning.Extraction;

namespace Experiments.HyperX;

/// <summary>A row of Table 3: what a collector sees of images of which it has the features.</summary>
/// <param name="Layers">K; 0 stands for the images themselves.</param>
/// <param name="Auxiliary">The images that the decoder was trained on.</param>
/// <param name="Read">Share of the recovered images that a classifier trained on whole data puts into the right class.</param>
/// <param name="Error">Root of the mean squared difference between recovered and real pixels.</param>
/// <param name="Images">Some of the recovered images.</param>
internal sealed record InversionRow(int Layers, string Auxiliary, double Read, double Error, Dataset Images);

/// <summary>
/// Table 3: a collector trains a decoder on images of its own and their features, then applies it to a provider's features. As in the paper the
/// provider's images are of the upper half of the classes, and the auxiliary ones are of the lower half or of another kind. The features are the linear
/// ones, which is what the collector has after undoing its obfuscation.
/// </summary>
internal static class Inversion
{
    /// <summary>The row that only sets a bar for the pixel error: it shows the same grey for every image.</summary>
    public const int MeanRow = 1;

    /// <summary>Every depth with every kind of auxiliary images, after the images themselves and their mean.</summary>
    public static IReadOnlyList<InversionRow> Run(Setup setup, Collector collector, ParallelOptions options, Action onRow)
    {
        var task = collector.Task;
        var half = task.Auxiliary.Classes / 2;
        var target = First(DataFile.Classes(task.Auxiliary, half, task.Auxiliary.Classes - half), setup.Inverted);
        var images = new Dataset(target.Samples, [.. target.Labels.Select(label => label + half)], task.Auxiliary.Classes);
        var classifier = collector.Classifier(task.Training, setup.WholeRecipe, options.CancellationToken);
        InversionRow Row(int layers, string auxiliary, Tensor recovered)
        {
            var shaped = new Dataset(recovered.Reshape(images.Samples.Shape), images.Labels.AsSpan(), images.Classes);
            return new InversionRow(layers, auxiliary, Collector.Accuracy(classifier, shaped, options.CancellationToken), KernelRidge.Error(recovered, images.Samples), First(shaped, 20));
        }

        (string Name, Dataset Images)[] kinds =
        [
            ("the task's other classes", First(DataFile.Classes(task.Auxiliary, 0, half), setup.Inverted)),
            ("generic images, which M_init learned", First(task.Generic, setup.Inverted)),
            ("irrelevant images", First(task.Irrelevant, setup.Inverted)),
        ];
        var depths = LayerCut.CountLayers(collector.Model) - 1;
        var rows = new InversionRow[depths * kinds.Length];
        Parallel.For(0, rows.Length, options, i =>
        {
            var (layers, (name, auxiliary)) = ((i / kinds.Length) + 1, kinds[i % kinds.Length]);
            var extraction = new Extraction(collector.Model, layers, seed: 1);
            var decoder = KernelRidge.Fit(extraction.Linear(auxiliary, options.CancellationToken), auxiliary.Samples);
            rows[i] = Row(layers, name, decoder.Recover(extraction.Linear(images, options.CancellationToken)));
            onRow();
        });
        return [Row(0, "the images themselves", images.Samples), Row(0, "the mean of the task's other classes", Mean(kinds[0].Images, images.Count)), .. rows];
    }

    private static Dataset First(Dataset data, int count) => data.Select([.. Enumerable.Range(0, Math.Min(count, data.Count))]);

    private static Tensor Mean(Dataset data, int count)
    {
        var size = data.SampleShape.Count;
        var mean = new Tensor(data.Samples.Shape.WithFirst(count));
        for (var p = 0; p < size; p++)
        {
            var average = Enumerable.Range(0, data.Count).Average(i => data.Sample(i)[p]);
            for (var i = 0; i < count; i++)
            {
                mean.Values[(i * size) + p] = average;
            }
        }

        return mean;
    }
}
