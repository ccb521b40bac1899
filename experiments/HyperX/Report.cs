using System.Globalization;
using System.Text;
using Experiments.Charts;

namespace Experiments.HyperX;

/// <summary>The measurements as tables.</summary>
internal static class Report
{
    /// <summary>The tables, the groups of providers first.</summary>
    public static IReadOnlyList<ReportTable> Tables(HyperXResult result) =>
        [Found(result), Regrets(result), Inverted(result), Obfuscated(result), Depths(result), Sampling(result), .. result.Mutations.Select(mutation => Accuracies(result, mutation))];

    /// <summary>The tables as a Markdown page.</summary>
    /// <param name="command">What writes it again.</param>
    public static string Markdown(HyperXResult result, string command)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# HyperX: results on {result.Source}\n\nWritten by `{command}`. ");
        text.Append(CultureInfo.InvariantCulture, $"Where a cell has a range, it is the median of {result.Seeds} seeds (other images, weights, samples and keys) and, in brackets, their range.\n");
        foreach (var table in Tables(result))
        {
            text.Append(table.Markdown());
        }

        return text.ToString();
    }

    /// <summary>The share of groups in which the best provider is found.</summary>
    public static ReportTable Found(HyperXResult result) => new(
        "Share of groups in which the least spoilt provider gets the highest score (Figs. 6–8)",
        ["mutation", "groups", .. result.Methods.Select(method => method.Name)],
        [.. result.Mutations.Select(mutation => (IReadOnlyList<string>)
            [mutation.Mutation.Name, Groups.Of(mutation.Mutation.Levels.Count, Groups.Size).Count().ToString("N0"), .. result.Methods.Select((_, method) => mutation.Found(method).ToString("0.0%"))])]);

    private static ReportTable Regrets(HyperXResult result) => new(
        "What the choices cost: accuracy of Train-Whole on the best provider's data less that on the chosen one's, mean of all groups and seeds",
        ["mutation", .. result.Methods.Select(method => method.Name)],
        [.. result.Mutations.Select(mutation => (IReadOnlyList<string>)
            [mutation.Mutation.Name, .. result.Methods.Select((_, method) => $"{100 * mutation.Regret(method):0.00} points")])]);

    private static ReportTable Inverted(HyperXResult result) => new(
        "Images recovered from features by a decoder (Table 3)",
        ["features", "the decoder learned from", "digits read right", "pixel error (RMS)"],
        [.. result.Inversion.Select(row => (IReadOnlyList<string>)
            [row.Layers == 0 ? "none" : $"K = {row.Layers}", row.Auxiliary, row.Read.ToString("0.0%"), row.Error.ToString("0.000")])]);

    private static ReportTable Obfuscated(HyperXResult result) => new(
        "The published extractor in other hands (Table 4)",
        ["obfuscation", "M_init with the published layer", "thief's new layers on published features", "collector's on undone features", "difference between undone and plain features"],
        [.. result.Obfuscation.Select(row => (IReadOnlyList<string>)
            [row.Key, row.Model.ToString("0.0%"), row.Thief.ToString("0.0%"), row.Collector.ToString("0.0%"), row.Error.ToString("0.0e+0", CultureInfo.InvariantCulture)])]);

    private static ReportTable Depths(HyperXResult result) => new(
        "Where M_init is cut (Table 5)",
        ["K", "numbers per sample", "pre-trained layers behind K fine-tuned", "new dense layers behind K"],
        [.. result.Depths.Select(row => (IReadOnlyList<string>)
            [row.Layers.ToString(CultureInfo.InvariantCulture), row.Numbers.ToString("N0"), row.Tuned?.ToString("0.0%") ?? "none are left", row.Anew.ToString("0.0%")])]);

    private static ReportTable Sampling(HyperXResult result) => new(
        "How much is sampled (Table 6)",
        ["per cent", "samples", "HyperX", "Scratch-Subset"],
        [.. result.Sampling.Select(row => (IReadOnlyList<string>)
            [$"{row.Percent}", row.Samples.ToString("N0"), row.HyperX.ToString("0.0%"), row.Scratch.ToString("0.0%")])]);

    private static ReportTable Accuracies(HyperXResult result, MutationResult mutation) => new(
        $"Accuracy by {mutation.Mutation.Level} (Fig. {mutation.Mutation.Figure})",
        [mutation.Mutation.Level, .. result.Methods.Select(method => method.Name)],
        [.. mutation.Mutation.Levels.Select((value, level) => (IReadOnlyList<string>)
            [value.ToString("0.0"), .. result.Methods.Select((_, method) => mutation.Accuracy(method, level).ToString("0.0%"))])]);
}
