using System.Globalization;
using Spectre.Console;
using Workers.Standalone.Fleets;

namespace Workers.Standalone.Sessions;

/// <summary>A party of a session and what became of it.</summary>
/// <param name="Score">Null for who is no provider.</param>
/// <param name="Change">Of its balance, credits.</param>
internal sealed record SessionLine(string Name, string Data, ScoreView? Score, string End, decimal Change, long Gas);

/// <summary>The table at the end of a session.</summary>
internal static class SessionTable
{
    public static void Write(IAnsiConsole console, IEnumerable<SessionLine> lines)
    {
        var table = new Table().Border(TableBorder.Rounded).Title("Who took part, how good the features were, who was paid");
        table.AddColumns("party", "data");
        table.AddColumn(new TableColumn("score").RightAligned());
        table.AddColumn(new TableColumn("95 % interval").RightAligned());
        table.AddColumn("end");
        table.AddColumn(new TableColumn("credits").RightAligned());
        table.AddColumn(new TableColumn("gas").RightAligned());
        foreach (var line in lines)
        {
            var accuracy = line.Score is { Total: > 0 } score ? new Mechanisms.Learning.Scores.Accuracy(score.Correct, score.Total) : (Mechanisms.Learning.Scores.Accuracy?)null;
            table.AddRow(
                line.Name,
                line.Data,
                accuracy is { } a ? Percent(a.Value) : line.Score?.Problem.EscapeMarkup() ?? "",
                accuracy is { } i ? $"{Percent(i.Lower)} to {Percent(i.Upper)}" : "",
                line.End,
                line.Change.ToString("+0.##;-0.##;0", CultureInfo.InvariantCulture),
                line.Gas.ToString("N0", CultureInfo.InvariantCulture));
        }

        console.Write(table);
    }

    private static string Percent(double share) => share.ToString("0.0 %", CultureInfo.InvariantCulture);
}
