using System.CommandLine;
using Spectre.Console;

namespace Experiments.Stackelberg;

/// <summary>The command <c>stackelberg</c>: runs the simulation, shows the tables and writes them with the figures.</summary>
internal static class StackelbergCommand
{
    public static Command Create()
    {
        var (seeds, firstSeed, folder) = (RunOptions.Seeds("How many draws of users to run", most: 10_000, usual: 100), RunOptions.FirstSeed(), RunOptions.Folder("stackelberg"));
        var command = new Command("stackelberg", "The data trading revenue game of Zhu et al. 2024: Figs. 12–14 and the gains over three other schemes.")
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
            var task = progress.AddTask("Drawing users and solving their games", maxValue: seeds);
            return Task.Run(() => Simulation.Run(firstSeed, seeds, () => task.Increment(1), cancellationToken), cancellationToken);
        });

        Show(result);
        await WriteAsync(folder, result, cancellationToken);
        AnsiConsole.WriteLine($"Figures and tables are in {Path.GetFullPath(folder)}");
        return 0;
    });

    private static void Show(SimulationResult result)
    {
        foreach (var table in Report.Tables(result))
        {
            AnsiConsole.Write(table.View());
        }

        AnsiConsole.WriteLine(Report.PrintedAlgorithm(result));
    }

    private static Task WriteAsync(string folder, SimulationResult result, CancellationToken cancellationToken) => OutputFolder.WriteAsync(
        folder,
        [
            ("figure-12.svg", Figures.Schemes(result).ToSvg()),
            ("figure-13.svg", Figures.Shares(result).ToSvg()),
            ("figure-14.svg", Figures.Volumes().ToSvg()),
            ("results.md", Report.Markdown(result)),
        ],
        cancellationToken);
}
