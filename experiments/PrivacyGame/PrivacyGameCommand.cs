using System.Collections.Immutable;
using System.CommandLine;
using Spectre.Console;

namespace Experiments.PrivacyGame;

/// <summary>The command <c>privacy-game</c>: runs the simulation, shows the tables and writes them with the figures.</summary>
internal static class PrivacyGameCommand
{
    public static Command Create()
    {
        var (seeds, firstSeed, folder) = (RunOptions.Seeds("How many draws of areas and people to run", most: 1_000, usual: 20), RunOptions.FirstSeed(), RunOptions.Folder("privacy-game"));
        var command = new Command("privacy-game", "The privacy game of Zhang et al. 2024 (Invisible Man): Figs. 5–7. 20 draws take a quarter of an hour on two cores.")
        {
            seeds, firstSeed, folder,
        };
        command.SetAction((arguments, cancellationToken) => RunAsync(
            arguments.GetValue(firstSeed), arguments.GetValue(seeds), arguments.GetValue(folder)!, cancellationToken));
        return command;
    }

    private static Task<int> RunAsync(int firstSeed, int seeds, string folder, CancellationToken cancellationToken) => OutputFolder.FillAsync(folder, async () =>
    {
        var result = await AnsiConsole.Progress().StartAsync(progress =>
        {
            var task = progress.AddTask("Drawing people and solving their games", maxValue: seeds * Simulation.GroupsOf(Setting.Sizes));
            return Simulation.RunAsync(firstSeed, seeds, Setting.Sizes, Setting.Members, () => task.Increment(1), cancellationToken);
        });

        Show(result);
        await WriteAsync(folder, result, firstSeed, cancellationToken);
        AnsiConsole.WriteLine($"Figures and tables are in {Path.GetFullPath(folder)}");
        return 0;
    });

    private static void Show(ImmutableArray<Draw> draws)
    {
        foreach (var table in Report.Tables(draws))
        {
            AnsiConsole.Write(table.View());
        }
    }

    private static Task WriteAsync(string folder, ImmutableArray<Draw> draws, int firstSeed, CancellationToken cancellationToken) => OutputFolder.WriteAsync(
        folder,
        [
            ("figure-5-privacy.svg", Figures.Privacy(draws).ToSvg()),
            ("figure-5-cost.svg", Figures.Cost(draws).ToSvg()),
            ("figure-6.svg", Figures.Areas(draws).ToSvg()),
            ("figure-7-paper.svg", Figures.Followed(draws, "As the paper sets it, mobility privacy is most of the privacy", $"P1 at α = {Setting.PaperAlpha}, β = {Setting.PaperBeta}", size => size.Paper).ToSvg()),
            ("figure-7-budget.svg", Figures.Followed(draws, "At the same cost, mobility privacy hides nobody better", $"at {Setting.Budget} km each", size => size.Budget).ToSvg()),
            ("results.md", Report.Markdown(draws, firstSeed)),
        ],
        cancellationToken);
}
