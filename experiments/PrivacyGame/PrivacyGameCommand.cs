using System.Collections.Immutable;
using System.CommandLine;
using Spectre.Console;

namespace Experiments.PrivacyGame;

/// <summary>The command <c>privacy-game</c>: runs the simulation, shows the tables and writes them with the figures.</summary>
internal static class PrivacyGameCommand
{
    private const int MostSeeds = 1_000;

    public static Command Create()
    {
        var seeds = new Option<int>("--seeds")
        {
            Description = $"How many draws of areas and people to run, 1 to {MostSeeds}.",
            DefaultValueFactory = _ => 20,
        };
        var firstSeed = new Option<int>("--seed")
        {
            Description = "The first draw's seed, 0 to 1000000; the others follow it. The same seeds give the same files.",
            DefaultValueFactory = _ => 1,
        };
        var folder = new Option<string>("--out")
        {
            Description = "The folder for the figures and the table; made if it is not there.",
            DefaultValueFactory = _ => Path.Combine("artifacts", "experiments", "privacy-game"),
        };
        Limits.Add(seeds, 1, MostSeeds);
        Limits.Add(firstSeed, 0, 1_000_000);

        var command = new Command("privacy-game", "The privacy game of Zhang et al. 2024 (Invisible Man): Figs. 5–7. 20 draws take a quarter of an hour on two cores.")
        {
            seeds, firstSeed, folder,
        };
        command.SetAction((arguments, cancellationToken) => RunAsync(
            arguments.GetValue(firstSeed), arguments.GetValue(seeds), arguments.GetValue(folder)!, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(int firstSeed, int seeds, string folder, CancellationToken cancellationToken)
    {
        try
        {
            // Before the work, so that a folder that can't be written costs no minute.
            Directory.CreateDirectory(folder);
            var result = await AnsiConsole.Progress().StartAsync(progress =>
            {
                var task = progress.AddTask("Drawing people and solving their games", maxValue: seeds * Simulation.GroupsOf(Setting.Sizes));
                return Simulation.RunAsync(firstSeed, seeds, Setting.Sizes, Setting.Members, () => task.Increment(1), cancellationToken);
            });

            Show(result);
            await WriteAsync(folder, result, firstSeed, cancellationToken);
            AnsiConsole.WriteLine($"Figures and tables are in {Path.GetFullPath(folder)}");
            return 0;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"Can't write to '{folder}': {error.Message} Choose another folder with --out.");
            return 1;
        }
    }

    private static void Show(ImmutableArray<Draw> draws)
    {
        foreach (var table in Report.Tables(draws))
        {
            AnsiConsole.Write(table.View());
        }
    }

    private static async Task WriteAsync(string folder, ImmutableArray<Draw> draws, int firstSeed, CancellationToken cancellationToken)
    {
        (string Name, string Content)[] files =
        [
            ("figure-5-privacy.svg", Figures.Privacy(draws).ToSvg()),
            ("figure-5-cost.svg", Figures.Cost(draws).ToSvg()),
            ("figure-6.svg", Figures.Areas(draws).ToSvg()),
            ("figure-7-paper.svg", Figures.Followed(draws, "As the paper sets it, mobility privacy is most of the privacy", $"P1 at α = {Setting.PaperAlpha}, β = {Setting.PaperBeta}", size => size.Paper).ToSvg()),
            ("figure-7-budget.svg", Figures.Followed(draws, "At the same cost, mobility privacy hides nobody better", $"at {Setting.Budget} km each", size => size.Budget).ToSvg()),
            ("results.md", Report.Markdown(draws, firstSeed)),
        ];
        foreach (var (name, content) in files)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, name), content, cancellationToken);
        }
    }
}
