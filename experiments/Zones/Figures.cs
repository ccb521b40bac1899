using System.Collections.Immutable;
using Experiments.Charts;

namespace Experiments.Zones;

/// <summary>Figures 4 to 8 of the paper, drawn from our runs.</summary>
internal static class Figures
{
    /// <summary>Fig. 4.</summary>
    public static LineChart Response(ImmutableArray<Draw> draws) => OverSize(draws, "EMCS answers first; above K = 17 it asks twice", "Fig. 4", "Response time in ms", cost => cost.Response);

    /// <summary>Fig. 5.</summary>
    public static LineChart Processor(ImmutableArray<Draw> draws) => OverSize(draws, "Choosing a bookkeeper each time grows with the square of K", "Fig. 5", "Processor time of all in ms", cost => cost.Processor);

    /// <summary>Fig. 6.</summary>
    public static LineChart Messages(ImmutableArray<Draw> draws) => OverSize(draws, "Who asks directly sends least", "Fig. 6", "Messages", cost => cost.Messages);

    /// <summary>Fig. 6.</summary>
    public static LineChart Bytes(ImmutableArray<Draw> draws) => OverSize(draws, "Bytes follow messages", "Fig. 6", "kB", cost => cost.Kilobytes);

    /// <summary>Fig. 7, first half.</summary>
    public static LineChart Users(ImmutableArray<Draw> draws) => new(
        "In an empty town nobody can hide",
        $"Zones of EMCS that come about, requesters of any reputation: {Drawn(draws)} (Fig. 7)",
        "Users",
        "Share of zones",
        [.. Setting.ShownSizes.Select(k => Line(draws, $"K = {k}", Setting.Users, draw => draw.OverUsers[k]))])
    {
        Floor = 0,
    };

    /// <summary>Fig. 7, second half.</summary>
    public static LineChart Reputation(ImmutableArray<Draw> draws) => new(
        "Nobody helps whom the agencies rate badly",
        $"Zones of EMCS that come about among {Setting.UsersOverSize} users: {Drawn(draws)} (Fig. 7)",
        "Reputation of the requester",
        "Share of zones",
        [.. Setting.ShownSizes.Select(k => Line(draws, $"K = {k}", Setting.Reputations, draw => draw.OverReputation[k]))])
    {
        Floor = 0,
    };

    /// <summary>Fig. 8.</summary>
    public static LineChart Leaks(ImmutableArray<Draw> draws) => new(
        "Reputation and locks keep most places from those who pass them on",
        $"{Setting.Dishonest:0%} of {Setting.UsersOverSize} users are dishonest, {Setting.Requests} requests: {Drawn(draws)} (Fig. 8)",
        "K",
        "Share of told places that leak",
        [.. Enum.GetValues<Scheme>().Select(s => Line(draws, Schemes.Name(s), Setting.Sizes, draw => draw.Leaks[s]))])
    {
        Floor = 0,
    };

    private static LineChart OverSize(ImmutableArray<Draw> draws, string title, string figure, string label, Func<Cost, double> value) => new(
        title,
        $"{Setting.UsersOverSize} users, a requester of reputation 0.8: {Drawn(draws)} ({figure})",
        "K",
        label,
        [.. Enum.GetValues<Scheme>().Select(s => Line(draws, Schemes.Name(s), Setting.Sizes, draw => draw.Costs[s].Select(value).ToImmutableArray()))])
    {
        Floor = 0,
    };

    private static string Drawn(ImmutableArray<Draw> draws) => $"median and range of {draws.Length} towns";

    private static Series Line<T>(ImmutableArray<Draw> draws, string name, IReadOnlyList<T> over, Func<Draw, ImmutableArray<double>> values)
        where T : IConvertible => new(
        name,
        [
            .. over.Select((x, i) =>
            {
                var spread = Spread.Of(draws.Select(draw => values(draw)[i]));
                return new ChartPoint(x.ToDouble(System.Globalization.CultureInfo.InvariantCulture), spread.Median, spread.Low, spread.High);
            }),
        ]);
}
