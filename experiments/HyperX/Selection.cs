using Mechanisms.Datasets;

namespace Experiments.HyperX;

/// <summary>A way to score a provider.</summary>
/// <param name="Name">As the tables call it.</param>
/// <param name="Percent">Per cent of the samples that it looks at.</param>
/// <param name="SameRows">
/// The paper does not say how samples are drawn. True: the same rows of every provider, which can be because all are spoilt from one dataset. False:
/// other rows of each, as when providers have nothing in common; then a provider can also be lucky.
/// </param>
/// <param name="Score">The accuracy on the collector's validation samples.</param>
internal sealed record Method(string Name, int Percent, bool SameRows, Func<Collector, Dataset, CancellationToken, double> Score)
{
    /// <summary>Train-Whole first, then HyperX and Scratch-Subset for each percentage, and for the last one on the same rows.</summary>
    public static IReadOnlyList<Method> Of(Setup setup) =>
    [
        new("Train-Whole", 100, true, (collector, data, cancellation) => collector.TrainWhole(data, cancellation)),
        .. setup.Percents.SelectMany(percent => Both($"{percent} %", percent, sameRows: false)),
        .. Both($"{setup.Percents[^1]} %, same rows", setup.Percents[^1], sameRows: true),
    ];

    private static Method[] Both(string sampling, int percent, bool sameRows) =>
    [
        new($"HyperX, {sampling}", percent, sameRows, (collector, data, cancellation) => collector.HyperX(data, cancellation)),
        new($"Scratch-Subset, {sampling}", percent, sameRows, (collector, data, cancellation) => collector.ScratchSubset(data, cancellation)),
    ];
}

/// <summary>Accuracies of one mutation: by seed, then method, then level.</summary>
internal sealed record MutationResult(Mutation Mutation, double[][][] Accuracies)
{
    /// <summary>Accuracy of a method at a level, over the seeds.</summary>
    public Spread Accuracy(int method, int level) => Spread.Of(Accuracies.Select(seed => seed[method][level]));

    /// <summary>Share of groups in which a method finds the least spoilt provider, over the seeds.</summary>
    public Spread Found(int method) => Spread.Of(Accuracies.Select(seed => Groups.ShareFound(seed[method])));

    /// <summary>The mean over the seeds of what a method's choices cost, in accuracy of Train-Whole.</summary>
    public double Regret(int method) => Accuracies.Average(seed => Groups.Regret(seed[method], seed[0]));

    /// <summary>The mean over the seeds of the share found.</summary>
    public double MeanFound(int method) => Accuracies.Average(seed => Groups.ShareFound(seed[method]));
}

/// <summary>Figs. 6 to 8: every spoilt dataset scored by every method.</summary>
internal static class Selection
{
    /// <summary>Draws the rows that are sampled of every provider.</summary>
    private const int RowSeed = 40_000;

    /// <summary>Datasets of a seed. The unspoilt one stands at the beginning of every mutation, each time with samples of its own.</summary>
    public static int Datasets { get; } = Mutation.All.Sum(mutation => mutation.Levels.Count);

    /// <summary>Scores them, several at a time; the result does not depend on how many.</summary>
    public static IReadOnlyList<MutationResult> Run(Setup setup, IReadOnlyList<Collector> collectors, ParallelOptions options, Action onDataset)
    {
        var methods = Method.Of(setup);
        var jobs =
            (from seed in Enumerable.Range(0, collectors.Count)
             from mutation in Enumerable.Range(0, Mutation.All.Count)
             from level in Enumerable.Range(0, Mutation.All[mutation].Levels.Count)
             select (Seed: seed, Mutation: mutation, Level: level)).ToList();
        var scores = new double[jobs.Count][];
        Parallel.For(0, jobs.Count, options, i =>
        {
            var (seed, mutation, level) = jobs[i];
            scores[i] = Score(collectors[seed], methods, Mutation.All[mutation], level, (((seed * 10) + mutation) * 100) + level, options.CancellationToken);
            onDataset();
        });

        var byJob = jobs.Zip(scores).ToDictionary(pair => pair.First, pair => pair.Second);
        return [.. Mutation.All.Select((mutation, number) => new MutationResult(
            mutation,
            [.. Enumerable.Range(0, collectors.Count).Select(seed => (double[][])[.. methods.Select((_, method) =>
                (double[])[.. mutation.Levels.Select((_, level) => byJob[(seed, number, level)][method])])])]))];
    }

    private static double[] Score(Collector collector, IReadOnlyList<Method> methods, Mutation mutation, int level, int seed, CancellationToken cancellation)
    {
        var random = new Random(seed);
        var data = mutation.Apply(collector.Task.Training, mutation.Levels[level], collector.Task.Irrelevant, random);
        // HyperX and Scratch-Subset look at the same samples.
        var samples = methods.Select(method => (method.Percent, method.SameRows)).Distinct().ToDictionary(
            sampling => sampling,
            sampling => sampling.Percent == 100 ? data : Mutations.Sample(data, sampling.Percent, sampling.SameRows ? new Random(RowSeed) : random));
        return [.. methods.Select(method => method.Score(collector, samples[(method.Percent, method.SameRows)], cancellation))];
    }
}
