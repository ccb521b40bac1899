using Mechanisms.Datasets;
using Mechanisms.Learning.Extraction;
using Mechanisms.Learning.Scores;

namespace Experiments.HyperX;

/// <summary>A row of Table 5: accuracies over the seeds when M_init is cut after layer K.</summary>
/// <param name="Layers">K.</param>
/// <param name="Numbers">How many numbers a provider sends for a sample, sums for the obfuscation included.</param>
/// <param name="Tuned">The pre-trained layers behind K are fine-tuned; none are left behind the last.</param>
/// <param name="Anew">New dense layers are trained instead.</param>
internal sealed record DepthRow(int Layers, int Numbers, Spread? Tuned, Spread Anew);

/// <summary>A row of Table 6: accuracies over the seeds when so many per cent are sampled.</summary>
internal sealed record SamplingRow(int Percent, int Samples, Spread HyperX, Spread Scratch);

/// <summary>Tables 5 and 6, on unspoilt data.</summary>
internal static class DesignChoices
{
    /// <summary>Table 5: where to cut.</summary>
    public static IReadOnlyList<DepthRow> Depths(Setup setup, IReadOnlyList<Collector> collectors, ParallelOptions options, Action onRow)
    {
        var count = LayerCut.CountLayers(collectors[0].Model);
        var rows = new DepthRow[count];
        Parallel.For(0, count, options, i =>
        {
            var results = collectors.Select((collector, seed) => Depth(setup, collector, i + 1, seed, options.CancellationToken)).ToList();
            rows[i] = new DepthRow(
                i + 1,
                results[0].Numbers,
                i + 1 < count ? Spread.Of(results.Select(result => result.Tuned)) : null,
                Spread.Of(results.Select(result => result.Anew)));
            onRow();
        });
        return rows;
    }

    /// <summary>Table 6: how much to sample.</summary>
    public static IReadOnlyList<SamplingRow> Sampling(Setup setup, IReadOnlyList<Collector> collectors, ParallelOptions options, Action onRow)
    {
        var rows = new SamplingRow[setup.SamplingPercents.Length];
        Parallel.For(0, rows.Length, options, i =>
        {
            var percent = setup.SamplingPercents[i];
            var samples = collectors.Select((collector, seed) => Mutations.Sample(collector.Task.Training, percent, new Random(Seed(seed)))).ToList();
            rows[i] = new SamplingRow(
                percent,
                samples[0].Count,
                Spread.Of(collectors.Zip(samples, (collector, sample) => collector.HyperX(sample, options.CancellationToken))),
                Spread.Of(collectors.Zip(samples, (collector, sample) => collector.ScratchSubset(sample, options.CancellationToken))));
            onRow();
        });
        return rows;
    }

    private static (int Numbers, double Tuned, double Anew) Depth(Setup setup, Collector collector, int layers, int seed, CancellationToken cancellation)
    {
        var extraction = new Extraction(collector.Model, layers, seed);
        var sample = Mutations.Sample(collector.Task.Training, setup.Percents[^1], new Random(Seed(seed)));
        var (training, validation) = (extraction.Restored(sample, cancellation), extraction.Plain(collector.Task.Validation, cancellation));
        var recipe = setup.Evaluation with { Seed = (ulong)seed };
        double Score(bool tuned) => Evaluation.Score(training, validation, tuned ? LayerCut.Head(collector.Model, layers) : null, recipe, 1, cancellation).Value;
        return (
            extraction.Published.OutputShape(sample.Samples.Shape).Count / sample.Count,
            layers < LayerCut.CountLayers(collector.Model) ? Score(tuned: true) : 0,
            Score(tuned: false));
    }

    private static int Seed(int seed) => 50_000 + seed;
}
