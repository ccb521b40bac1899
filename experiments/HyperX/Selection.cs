using Mechanisms.Datasets;

namespace Experiments.HyperX;

/// <summary>A way to score a provider.</summary>
/// <param name="Name">As the tables call it.</param>
/// <param name="Percent">Per cent of the samples that it looks at.</param>
/// <param name="Score">The accuracy on the collector's validation samples.</param>
internal sealed record Method(string Name, int Percent, Func<Collector, Dataset, CancellationToken, double> Score)
{
    /// <summary>Train-Whole first, then for each percentage HyperX and Scratch-Subset.</summary>
    public static IReadOnlyList<Method> Of(Setup setup) =>
    [
        new("Train-Whole", 100, (collector, data, cancellation) => collector.TrainWhole(data, cancellation)),
        .. setup.Percents.SelectMany(percent => (Method[])
        [
            new($"HyperX, {percent} %", percent, (collector, data, cancellation) => collector.HyperX(data, cancellation)),
            new($"Scratch-Subset, {percent} %", percent, (collector, data, cancellation) => collector.ScratchSubset(data, cancellation)),
        ]),
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
    /// <summary>Datasets of a seed that have to be scored: the unspoilt one stands at the beginning of every mutation and is scored once.</summary>
    public static int Datasets { get; } = 1 + Mutation.All.Sum(mutation => mutation.Levels.Count - 1);

    /// <summary>Scores them, several at a time; the result does not depend on how many.</summary>
    public static IReadOnlyList<MutationResult> Run(Setup setup, IReadOnlyList<Collector> collectors, ParallelOptions options, Action onDataset)
    {
        var methods = Method.Of(setup);
        var jobs =
            (from seed in Enumerable.Range(0, collectors.Count)
             from mutation in Enumerable.Range(0, Mutation.All.Count)
             from level in Enumerable.Range(0, Mutation.All[mutation].Levels.Count)
             where mutation == 0 || level > 0
             select (Seed: seed, Mutation: mutation, Level: level)).ToList();
        var scores = new double[jobs.Count][];
        Parallel.For(0, jobs.Count, options, i =>
        {
            var (seed, mutation, level) = jobs[i];
            scores[i] = Score(collectors[seed], methods, Mutation.All[mutation], level, (((seed * 10) + mutation) * 100) + level, options.CancellationToken);
            onDataset();
        });

        var byJob = jobs.Zip(scores).ToDictionary(pair => pair.First, pair => pair.Second);
        double[] At(int seed, int mutation, int level) => byJob[(seed, level == 0 ? 0 : mutation, level)];
        return [.. Mutation.All.Select((mutation, number) => new MutationResult(
            mutation,
            [.. Enumerable.Range(0, collectors.Count).Select(seed => (double[][])[.. methods.Select((_, method) =>
                (double[])[.. mutation.Levels.Select((_, level) => At(seed, number, level)[method])])])]))];
    }

    private static double[] Score(Collector collector, IReadOnlyList<Method> methods, Mutation mutation, int level, int seed, CancellationToken cancellation)
    {
        var random = new Random(seed);
        var data = mutation.Apply(collector.Task.Training, mutation.Levels[level], collector.Task.Irrelevant, random);
        // Both methods of a percentage look at the same samples; every provider's are drawn by themselves.
        var samples = methods.Select(method => method.Percent).Distinct().ToDictionary(percent => percent, percent => percent == 100 ? data : Mutations.Sample(data, percent, random));
        return [.. methods.Select(method => method.Score(collector, samples[method.Percent], cancellation))];
    }
}
