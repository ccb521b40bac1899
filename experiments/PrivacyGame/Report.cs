using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Experiments.Charts;
using Mechanisms.Mobility;

namespace Experiments.PrivacyGame;

/// <summary>The paper's figures beside ours, as tables and as Markdown.</summary>
internal static class Report
{
    /// <summary>The tables, the paper's percentages first.</summary>
    public static IReadOnlyList<ReportTable> Tables(ImmutableArray<Draw> draws) => [Paper(draws), Sizes(draws), Areas(draws)];

    /// <summary>The tables as a Markdown page. The same seeds give the same bytes.</summary>
    public static string Markdown(ImmutableArray<Draw> draws, int firstSeed)
    {
        var text = new StringBuilder();
        text.Append("# Privacy game: results\n\n");
        text.Append(CultureInfo.InvariantCulture, $"Written by `./run experiment privacy-game --seeds {draws.Length} --seed {firstSeed}`. ");
        text.Append("Every cell is the median of all draws and, in brackets, their range.\n");
        foreach (var table in Tables(draws))
        {
            text.Append(table.Markdown());
        }

        return text.ToString();
    }

    private static ReportTable Paper(ImmutableArray<Draw> draws)
    {
        Func<SizeDraw, (double Mobile, double Still)>[] columns =
        [
            size => (size.Paper.Mobile.OneQuery, size.Paper.Still.OneQuery), size => (size.Paper.Mobile.Sequence, size.Paper.Still.Sequence),
            size => (size.Budget.Mobile.OneQuery, size.Budget.Still.OneQuery), size => (size.Budget.Mobile.Sequence, size.Budget.Still.Sequence),
        ];
        IReadOnlyList<string> Row(string title, string paper, Func<Spread, string> format, Func<Draw, Func<SizeDraw, (double Mobile, double Still)>, double> value) =>
            [title, paper, .. columns.Select(column => format(Spread.Of(draws.Select(draw => value(draw, column)))))];
        double Gain((double Mobile, double Still) pair) => pair.Mobile - pair.Still;
        var (members, most) = (draws[0].Areas[AreaKind.Mixed].Group.Members, draws[0].Sizes[^1].Members);
        return new ReportTable(
            $"The paper beside ours: P1 at α = {Setting.PaperAlpha}, β = {Setting.PaperBeta}, and the most privacy for {Setting.Budget} km at α = {Setting.MildAlpha}",
            ["", "the paper", "P1, one query", "P1, sequence", "budget, one query", "budget, sequence"],
            [
                Row($"CPGM-1, {members} members, mixed area", "85%", Percent, (draw, column) => column(draw.Areas[AreaKind.Mixed].Group).Mobile),
                Row($"{most} members over {members}", "flat", Points, (draw, column) => column(draw.Sizes[^1]).Mobile - column(draw.Areas[AreaKind.Mixed].Group).Mobile),
                Row("CPGM-1, centre", "98% (best device)", Percent, (draw, column) => column(draw.Areas[AreaKind.Centre].Group).Mobile),
                Row("CPGM-1, suburb", "at least 74%", Percent, (draw, column) => column(draw.Areas[AreaKind.Suburb].Group).Mobile),
                Row("CPGM-1 over CPGM-2, all areas", "+7", Points, (draw, column) => draw.Areas.Values.Average(area => Gain(column(area.Group)))),
                Row("SUPG-1 over SUPG-2, all areas", "+10", Points, (draw, column) => draw.Areas.Values.Average(area => Gain(column(area.Single)))),
                Row("CPGM-1 over SUPG-1, suburb", "+20", Points, (draw, column) => column(draw.Areas[AreaKind.Suburb].Group).Mobile - column(draw.Areas[AreaKind.Suburb].Single).Mobile),
            ]);
    }

    private static ReportTable Sizes(ImmutableArray<Draw> draws) => new(
        "Over group size, mixed area: privacy against one query, and cost in km",
        ["members", "the most there is", "P1, CPGM-1", "its cost", "P1, CPGM-2", "its cost", "budget, CPGM-1", "budget, CPGM-2"],
        [.. draws[0].Sizes.Select((size, i) => (IReadOnlyList<string>)
            [
                size.Members.ToString(CultureInfo.InvariantCulture),
                Percent(Spread.Of(draws.Select(draw => draw.Sizes[i].HighestPrivacy))),
                Percent(Spread.Of(draws.Select(draw => draw.Sizes[i].Paper.Mobile.OneQuery))),
                Kilometres(Spread.Of(draws.Select(draw => draw.Sizes[i].Paper.Mobile.Cost))),
                Percent(Spread.Of(draws.Select(draw => draw.Sizes[i].Paper.Still.OneQuery))),
                Kilometres(Spread.Of(draws.Select(draw => draw.Sizes[i].Paper.Still.Cost))),
                Percent(Spread.Of(draws.Select(draw => draw.Sizes[i].Budget.Mobile.OneQuery))),
                Percent(Spread.Of(draws.Select(draw => draw.Sizes[i].Budget.Still.OneQuery))),
            ])]);

    private static ReportTable Areas(ImmutableArray<Draw> draws)
    {
        IReadOnlyList<string> Row(AreaKind kind, string scheme, Func<AreaDraw, SizeDraw> size, Func<Pair, Outcome> outcome)
        {
            Spread Of(Func<AreaDraw, double> value) => Spread.Of(draws.Select(draw => value(draw.Areas[kind])));
            return
            [
                kind.ToString().ToLowerInvariant(), Kilometres(Of(area => area.MeanDistance)), scheme,
                Percent(Of(area => outcome(size(area).Paper).OneQuery)), Percent(Of(area => outcome(size(area).Paper).Sequence)), Kilometres(Of(area => outcome(size(area).Paper).Cost)),
                Percent(Of(area => outcome(size(area).Budget).OneQuery)), Percent(Of(area => outcome(size(area).Budget).Sequence)),
            ];
        }

        return new ReportTable(
            $"Over areas, {draws[0].Areas[AreaKind.Mixed].Group.Members} members or one",
            ["area", "km between places", "scheme", "P1, one query", "P1, sequence", "P1, cost", "budget, one query", "budget, sequence"],
            [.. Enum.GetValues<AreaKind>().SelectMany(kind => (IReadOnlyList<string>[])
                [
                    Row(kind, "SUPG-2", area => area.Single, pair => pair.Still), Row(kind, "SUPG-1", area => area.Single, pair => pair.Mobile),
                    Row(kind, "CPGM-2", area => area.Group, pair => pair.Still), Row(kind, "CPGM-1", area => area.Group, pair => pair.Mobile),
                ])]);
    }

    private static string Percent(Spread share) => share.ToString("0%");

    private static string Points(Spread difference) =>
        new Spread(100 * difference.Median, 100 * difference.Low, 100 * difference.High).ToString("+0;-0;0");

    private static string Kilometres(Spread distance) => distance.ToString("0.000");
}
