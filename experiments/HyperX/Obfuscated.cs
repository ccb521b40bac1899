using Mechanisms.Datasets;
using Mechanisms.Learning;
using Mechanisms.Learning.Extraction;
using Mechanisms.Learning.Onnx;
using Mechanisms.Learning.Scores;

namespace Experiments.HyperX;

/// <summary>A row of Table 4.</summary>
/// <param name="Key">δ and σ.</param>
/// <param name="Model">Accuracy of M_init on its own images with the published layer in place of its own: the paper's measure.</param>
/// <param name="Thief">Accuracy on the task of new layers that a thief trains on the published features as they are.</param>
/// <param name="Collector">The same on features that were undone with δ and σ.</param>
/// <param name="Error">The largest difference between undone and plain features, as a share of the largest plain feature.</param>
internal sealed record ObfuscationRow(string Key, double Model, double Thief, double Collector, double Error);

/// <summary>Table 4: what a published extractor is worth to others.</summary>
internal static class Obfuscated
{
    /// <summary>The paper's δ, which has no σ there, and then keys as the collector really draws them.</summary>
    public static IReadOnlyList<ObfuscationRow> Run(Setup setup, Collector collector, ParallelOptions options, Action onRow)
    {
        var plain = LayerCut.Extractor(collector.Model, setup.Layers);
        (string Name, ObfuscationKey Key)[] keys =
        [
            .. ((float[])[1, 0.005f, 0.05f, 5, 50]).Select(delta => ($"δ = {delta}, σ = 0", new ObfuscationKey(delta, 0))),
            .. Enumerable.Range(1, 3).Select(draw => ($"drawn as in a session, {draw}", new Extraction(collector.Model, setup.Layers, draw).Key)),
        ];
        var rows = new ObfuscationRow[keys.Length];
        Parallel.For(0, keys.Length, options, i =>
        {
            rows[i] = Row(setup, collector, keys[i].Name, new Extraction(collector.Model, setup.Layers, keys[i].Key), options.CancellationToken);
            onRow();
        });
        return rows;
    }

    private static ObfuscationRow Row(Setup setup, Collector collector, string name, Extraction extraction, CancellationToken cancellation)
    {
        var sample = Mutations.Sample(collector.Task.Training, setup.Percents[^1], new Random(60_000));
        var validation = collector.Task.Validation;
        double Score(Func<Dataset, CancellationToken, Dataset> features) =>
            Evaluation.Score(features(sample, cancellation), features(validation, cancellation), null, setup.Evaluation, 1, cancellation).Value;
        var head = Network.Create(LayerCut.Head(collector.Model, setup.Layers), new OnnxLimits());
        return new ObfuscationRow(
            name,
            Accuracy.Of(head, extraction.TakenAsTheyAre(collector.Task.GenericValidation, cancellation), 1, cancellation).Value,
            Score(extraction.TakenAsTheyAre),
            Score(extraction.Restored),
            Difference(extraction.Plain(validation, cancellation).Samples, extraction.Restored(validation, cancellation).Samples));
    }

    private static double Difference(Tensor plain, Tensor restored)
    {
        var (largest, difference) = (0f, 0f);
        for (var i = 0; i < plain.Values.Length; i++)
        {
            largest = Math.Max(largest, MathF.Abs(plain.Values[i]));
            difference = Math.Max(difference, MathF.Abs(plain.Values[i] - restored.Values[i]));
        }

        return difference / largest;
    }
}
