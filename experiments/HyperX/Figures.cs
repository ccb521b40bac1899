using Experiments.Charts;

namespace Experiments.HyperX;

/// <summary>Figures 6 to 8 of the paper, drawn from our runs, and what the images look like.</summary>
internal static class Figures
{
    /// <summary>All files with their names.</summary>
    public static IReadOnlyList<(string Name, string Content)> All(HyperXResult result) =>
    [
        ("found.svg", Found(result).ToSvg()),
        .. result.Mutations.Select(mutation => ($"figure-{FileName(mutation.Mutation)}.svg", Accuracies(result, mutation).ToSvg())),
        ("images.svg", Images(result).ToSvg()),
        ("recovered.svg", Recovered(result).ToSvg()),
    ];

    private static string FileName(Mutation mutation) => $"{mutation.Figure[0]}-{mutation.Name.Replace(' ', '-')}";

    private static BarChart Found(HyperXResult result) => new(
        "How often is the best of five providers found?",
        $"Groups in which the least spoilt provider scores highest; mean and range of {result.Seeds} seeds (Figs. 6–8)",
        "Share of all groups of five",
        [.. result.Mutations.Select(mutation => mutation.Mutation.Name)],
        [.. result.Methods.Select((method, i) => (method, i)).Where(pair => pair.method.Percent >= result.Methods[^1].Percent).Select(pair => new Series(pair.method.Name, [.. result.Mutations.Select((mutation, x) =>
        {
            var found = mutation.Found(pair.i);
            return new ChartPoint(x, mutation.MeanFound(pair.i), found.Low, found.High);
        })]))]);

    /// <summary>Train-Whole and the two methods at the last percentage, on other rows of each provider.</summary>
    private static LineChart Accuracies(HyperXResult result, MutationResult mutation)
    {
        var shown = result.Methods.Select((method, i) => (method, i)).Where(pair => pair.method.Percent == 100 || (pair.method.Percent == result.Methods[^1].Percent && !pair.method.SameRows));
        return new LineChart(
            $"What each method sees of {mutation.Mutation.Name}",
            $"Accuracy on clean validation samples: median and range of {result.Seeds} seeds (Fig. {mutation.Mutation.Figure})",
            Capital(mutation.Mutation.Level),
            "Accuracy",
            [.. shown.Select(pair => new Series(pair.method.Name, [.. mutation.Mutation.Levels.Select((value, level) =>
            {
                var accuracy = mutation.Accuracy(pair.i, level);
                return new ChartPoint(value, accuracy.Median, accuracy.Low, accuracy.High);
            })]))]);
    }

    private static ImageSheet Images(HyperXResult result) => new(
        "What providers offer", $"{Capital(result.Source)} as they are, and spoilt to two levels", result.Examples);

    private static ImageSheet Recovered(HyperXResult result) => new(
        "What a decoder recovers from features",
        "Above the images, below what is recovered from the features of the first K layers",
        [.. result.Inversion.Where((_, i) => i != Inversion.MeanRow).Select(row => (row.Layers == 0 ? row.Auxiliary : $"K = {row.Layers}, {Short(row.Auxiliary)}", row.Images))]);

    private static string Short(string auxiliary) => auxiliary.Split(',', 2)[0].Replace("the task's ", "", StringComparison.Ordinal);

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
