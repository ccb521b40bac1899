using Mechanisms.Datasets;

namespace Experiments.HyperX;

/// <summary>Everything that the experiment measured.</summary>
/// <param name="Source">Where the images come from.</param>
/// <param name="FirstSeed">The first seed; the others follow it.</param>
/// <param name="Seeds">How many.</param>
/// <param name="Methods">As the results of the mutations count them.</param>
internal sealed record HyperXResult(string Source, int FirstSeed, int Seeds, IReadOnlyList<Method> Methods)
{
    /// <summary>Figs. 6 to 8.</summary>
    public required IReadOnlyList<MutationResult> Mutations { get; init; }

    /// <summary>Table 3, of the first seed.</summary>
    public required IReadOnlyList<InversionRow> Inversion { get; init; }

    /// <summary>Table 4, of the first seed.</summary>
    public required IReadOnlyList<ObfuscationRow> Obfuscation { get; init; }

    /// <summary>Table 5.</summary>
    public required IReadOnlyList<DepthRow> Depths { get; init; }

    /// <summary>Table 6.</summary>
    public required IReadOnlyList<SamplingRow> Sampling { get; init; }

    /// <summary>What the mutations look like: the same images at the lowest, a middle and the highest level.</summary>
    public required IReadOnlyList<(string Name, Dataset Images)> Examples { get; init; }
}

/// <summary>Runs all parts.</summary>
internal static class HyperXRun
{
    /// <summary>Runs the experiment for some seeds, on as many threads as the options allow; the result does not depend on how many.</summary>
    /// <param name="onProgress">Told the part, how much of it is done and how much there is.</param>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public static HyperXResult Run(Setup setup, TaskSource source, int firstSeed, int seeds, ParallelOptions options, Action<string, int, int> onProgress)
    {
        Action Part(string name, int steps)
        {
            var done = 0;
            onProgress(name, 0, steps);
            return () => onProgress(name, Interlocked.Increment(ref done), steps);
        }

        var collectors = new Collector[seeds];
        var trained = Part("Training M_init", seeds);
        Parallel.For(0, seeds, options, i =>
        {
            collectors[i] = Collector.Create(setup, source, firstSeed + i, options.CancellationToken);
            trained();
        });
        return new HyperXResult(source.Name, firstSeed, seeds, Method.Of(setup))
        {
            Depths = DesignChoices.Depths(setup, collectors, options, Part("Cutting at every depth (Table 5)", 6)),
            Sampling = DesignChoices.Sampling(setup, collectors, options, Part("Sampling more and less (Table 6)", setup.SamplingPercents.Length)),
            Obfuscation = Obfuscated.Run(setup, collectors[0], options, Part("Obfuscating (Table 4)", 8)),
            Inversion = Inversion.Run(setup, collectors[0], options, Part("Inverting features (Table 3)", 15)),
            Mutations = Selection.Run(setup, collectors, options, Part("Spoiling and scoring providers (Figs. 6–8)", seeds * Selection.Datasets)),
            Examples = Examples(collectors[0].Task),
        };
    }

    private static List<(string Name, Dataset Images)> Examples(LearningTask task)
    {
        var images = task.Training.Select([.. Enumerable.Range(0, Math.Min(20, task.Training.Count))]);
        var examples = new List<(string, Dataset)> { ("unspoilt", images) };
        foreach (var mutation in Mutation.All.Skip(1))
        {
            examples.AddRange(((int[])[3, 6]).Select(level =>
                ($"{mutation.Name}, {mutation.Levels[level]:0.0}", mutation.Apply(images, mutation.Levels[level], task.Irrelevant, new Random(level)))));
        }

        return examples;
    }
}
