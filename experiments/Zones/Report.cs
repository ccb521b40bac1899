using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Experiments.Charts;

namespace Experiments.Zones;

/// <summary>The numbers as tables and as Markdown.</summary>
internal static class Report
{
    public static IReadOnlyList<ReportTable> Tables(ImmutableArray<Draw> draws) =>
    [
        OverSize(draws, "Response time in ms (Fig. 4)", "0", cost => cost.Response),
        OverSize(draws, "Processor time of all in ms (Fig. 5)", "0", cost => cost.Processor),
        OverSize(draws, "Messages (Fig. 6)", "0", cost => cost.Messages),
        OverSize(draws, "kB (Fig. 6)", "0.0", cost => cost.Kilobytes),
        OfZones(draws, $"Zones that come about, over users (Fig. 7)", Setting.Users, draw => draw.OverUsers),
        OfZones(draws, $"Zones that come about among {Setting.UsersOverSize} users, over the requester's reputation (Fig. 7)", Setting.Reputations, draw => draw.OverReputation),
        new ReportTable(
            "Told places that leak (Fig. 8)",
            ["scheme", .. Setting.Sizes.Select(k => $"K = {k}")],
            [.. Enum.GetValues<Scheme>().Select(s => Row(Schemes.Name(s), Setting.Sizes.Count, "0.0%", draws, draw => draw.Leaks[s]))]),
    ];

    /// <summary>The tables as a Markdown page. The same seeds give the same bytes.</summary>
    public static string Markdown(ImmutableArray<Draw> draws, int firstSeed)
    {
        var text = new StringBuilder("# Anonymous zones: results\n\n");
        text.Append(CultureInfo.InvariantCulture, $"Written by `./run experiment zones --seeds {draws.Length} --seed {firstSeed}`. ");
        text.Append("Every cell is the median of all towns and, in brackets, their range.\n");
        foreach (var table in Tables(draws))
        {
            text.Append(table.Markdown());
        }

        return text.ToString();
    }

    private static ReportTable OverSize(ImmutableArray<Draw> draws, string title, string format, Func<Cost, double> value) => new(
        title,
        ["scheme", .. Setting.Sizes.Select(k => $"K = {k}")],
        [.. Enum.GetValues<Scheme>().Select(s => Row(Schemes.Name(s), Setting.Sizes.Count, format, draws, draw => [.. draw.Costs[s].Select(value)]))]);

    private static ReportTable OfZones<T>(ImmutableArray<Draw> draws, string title, IReadOnlyList<T> over, Func<Draw, ImmutableDictionary<int, ImmutableArray<double>>> values)
        where T : IFormattable => new(
        title,
        ["K", .. over.Select(x => x.ToString(format: null, CultureInfo.InvariantCulture))],
        [.. Setting.ShownSizes.Select(k => Row(k.ToString(CultureInfo.InvariantCulture), over.Count, "0%", draws, draw => values(draw)[k]))]);

    private static IReadOnlyList<string> Row(string name, int columns, string format, ImmutableArray<Draw> draws, Func<Draw, ImmutableArray<double>> values) =>
        [name, .. Enumerable.Range(0, columns).Select(i => Spread.Of(draws.Select(draw => values(draw)[i])).ToString(format))];
}
