using System.Collections.Immutable;
using Experiments.Charts;
using Mechanisms.Mobility;

namespace Experiments.PrivacyGame;

/// <summary>Figures 5 to 7 of the paper, drawn from our runs.</summary>
internal static class Figures
{
    private static string Drawn(ImmutableArray<Draw> draws) => $"median and range of {draws.Length} draws";

    /// <summary>Fig. 5: privacy over group size.</summary>
    public static LineChart Privacy(ImmutableArray<Draw> draws) => new(
        "Ten members hide nearly as well as thirty",
        $"Mixed area, β = {Setting.PaperBeta} or {Setting.Budget} km, α = {Setting.MildAlpha}; one query seen: {Drawn(draws)} (Fig. 5)",
        "Members of the group",
        "Privacy: share of wrong guesses",
        [
            Line(draws, "the most", size => size.HighestPrivacy),
            Line(draws, $"P1, α = {Setting.PaperAlpha}", size => size.Paper.Mobile.OneQuery),
            Line(draws, "CPGM-2, budget", size => size.Budget.Still.OneQuery),
            Line(draws, "CPGM-1, budget", size => size.Budget.Mobile.OneQuery),
        ])
    {
        Floor = 0,
    };

    /// <summary>Fig. 5: what P1 costs over group size.</summary>
    public static LineChart Cost(ImmutableArray<Draw> draws) => new(
        "With mobility privacy a larger group pays more, without it less",
        $"Mixed area; P1 as the paper sets it: {Drawn(draws)} (Fig. 5)",
        "Members of the group",
        "Cost of a query in km",
        [
            Line(draws, $"CPGM-1: α = {Setting.PaperAlpha}, β = {Setting.PaperBeta}", size => size.Paper.Mobile.Cost),
            Line(draws, $"CPGM-2: β = {Setting.PaperBeta}, which is its privacy", size => size.Paper.Still.Cost),
        ])
    {
        Floor = 0,
    };

    /// <summary>Fig. 6: what privacy costs in the three areas.</summary>
    public static LineChart Areas(ImmutableArray<Draw> draws) => new(
        "The same privacy costs more where places are far apart",
        $"CPGM-1 at α = {Setting.MildAlpha}, {draws[0].Areas[AreaKind.Centre].Group.Members} members: {Drawn(draws)} (Fig. 6)",
        "Privacy: share of wrong guesses",
        "Cost of a query in km",
        [
            .. Enum.GetValues<AreaKind>().Select(kind => new Series(
                kind.ToString().ToLowerInvariant(),
                [.. Simulation.Levels.Select((level, i) => Point(level, Spread.Of(draws.Select(draw => draw.Areas[kind].CostOfPrivacy[i]))))])),
        ])
    {
        Floor = 0,
    };

    /// <summary>Fig. 7: who follows a member from query to query, with and without mobility privacy, alone and in the group.</summary>
    public static BarChart Followed(ImmutableArray<Draw> draws, string title, string subtitle, Func<SizeDraw, Pair> setting) => new(
        title,
        $"{Setting.Queries} queries, {Setting.Interval.TotalMinutes} minutes apart, {subtitle}: {Drawn(draws)} (Fig. 7)",
        "Privacy: share of wrong guesses",
        [.. Enum.GetValues<AreaKind>().Select(kind => kind.ToString().ToLowerInvariant())],
        [
            Bars(draws, "SUPG-2", area => setting(area.Single).Still),
            Bars(draws, "SUPG-1", area => setting(area.Single).Mobile),
            Bars(draws, "CPGM-2", area => setting(area.Group).Still),
            Bars(draws, "CPGM-1", area => setting(area.Group).Mobile),
        ]);

    private static Series Line(ImmutableArray<Draw> draws, string name, Func<SizeDraw, double> value) => new(
        name, [.. draws[0].Sizes.Select((size, i) => Point(size.Members, Spread.Of(draws.Select(draw => value(draw.Sizes[i])))))]);

    private static Series Bars(ImmutableArray<Draw> draws, string name, Func<AreaDraw, Outcome> outcome) => new(
        name, [.. Enum.GetValues<AreaKind>().Select((kind, i) => Point(i, Spread.Of(draws.Select(draw => outcome(draw.Areas[kind]).Sequence))))]);

    private static ChartPoint Point(double x, Spread spread) => new(x, spread.Median, spread.Low, spread.High);
}
