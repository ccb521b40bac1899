using System.Globalization;
using System.Text;
using Experiments.Charts;

namespace Experiments.Stackelberg;

/// <summary>The paper's figures beside ours, as tables and as Markdown.</summary>
internal static class Report
{
    /// <summary>The tables, the paper's three percentages first.</summary>
    public static IReadOnlyList<ReportTable> Tables(SimulationResult result) => [Gains(result), Optima(result), Utilities(result)];

    /// <summary>The tables as a Markdown page. The same seeds give the same bytes.</summary>
    public static string Markdown(SimulationResult result)
    {
        var text = new StringBuilder();
        text.Append("# Stackelberg: results\n\n");
        text.Append(CultureInfo.InvariantCulture, $"Written by `./run experiment stackelberg --seeds {result.Seeds} --seed {result.FirstSeed}`. ");
        text.Append("Every cell is the median of all draws and, in brackets, their range.\n");
        foreach (var table in Tables(result))
        {
            text.Append(table.Markdown());
        }

        text.Append(CultureInfo.InvariantCulture, $"\n{PrintedAlgorithm(result)}\n");
        return text.ToString();
    }

    /// <summary>What the misprint in Algorithm 1 would cost.</summary>
    public static string PrintedAlgorithm(SimulationResult result) =>
        $"With `break`, as Algorithm 1 is printed, instead of `continue`, the provider's utility at {result.Sizes[^1].Users} users is " +
        $"{result.PrintedShare.ToString("0.0%")} of what the algorithm finds (below 0: the cost is not earned back).";

    private static ReportTable Gains(SimulationResult result) => new(
        $"Gain of Algorithm 1 at {result.Sizes[^1].Users} users over",
        ["reading", "equal split", "positive correlation", "negative correlation"],
        [
            // The abstract prints 56.1 % where the text of the simulation prints 561 %.
            ["the paper (one draw)", "+31%", "+561%", "+19%"],
            .. result.Gains.Select(gain => (IReadOnlyList<string>)
                [gain.Reading.Name, Percent(gain.Equal), Percent(gain.Positive), Percent(gain.Negative)]),
        ]);

    private static ReportTable Optima(SimulationResult result) => new(
        $"The grid of step {Schemes.GridStep} and the exact optimum",
        ["users", "α of the grid", "exact α", "exact above grid"],
        [.. result.Sizes.Select(size => (IReadOnlyList<string>)
            [Users(size), size.Alpha.Grid.ToString("0.00"), size.Alpha.Exact.ToString("0.000"), size.ExactGain.ToString("0.000%")])]);

    private static ReportTable Utilities(SimulationResult result) => new(
        "The provider's utility",
        ["users", "Algorithm 1", "equal split", "positive correlation", "negative correlation"],
        [.. result.Sizes.Select(size => (IReadOnlyList<string>)
            [Users(size), Money(size.Grid), Money(size.Equal), Money(size.Positive), Money(size.Negative)])]);

    private static string Users(SizeResult size) => size.Users.ToString(CultureInfo.InvariantCulture);

    private static string Percent(Spread gain) => gain.ToString("+0%;-0%;0%");

    private static string Money(Spread utility) => utility.ToString("N0");
}
