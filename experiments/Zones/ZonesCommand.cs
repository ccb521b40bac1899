using System.CommandLine;
using Spectre.Console;

namespace Experiments.Zones;

/// <summary>The command <c>zones</c>: runs the simulation, shows the tables and writes them with the figures.</summary>
internal static class ZonesCommand
{
    public static Command Create()
    {
        var (seeds, firstSeed, folder) = (RunOptions.Seeds("How many draws of towns to run", most: 1_000, usual: 20), RunOptions.FirstSeed(), RunOptions.Folder("zones"));
        var command = new Command("zones", "Anonymous zones by reputation of Wang et al. 2021 (EMCS) beside three schemes: Figs. 4–8. 20 towns take less than a minute.")
        {
            seeds, firstSeed, folder,
        };
        command.SetAction((arguments, cancellationToken) => RunAsync(arguments.GetValue(firstSeed), arguments.GetValue(seeds), arguments.GetValue(folder)!, cancellationToken));
        return command;
    }

    private static Task<int> RunAsync(int firstSeed, int seeds, string folder, CancellationToken cancellationToken) => OutputFolder.FillAsync(folder, async () =>
    {
        var draws = await AnsiConsole.Progress().StartAsync(progress =>
        {
            var task = progress.AddTask("Drawing towns and asking for zones", maxValue: seeds);
            return Simulation.RunAsync(firstSeed, seeds, () => task.Increment(1), cancellationToken);
        });

        foreach (var table in Report.Tables(draws))
        {
            AnsiConsole.Write(table.View());
        }

        await OutputFolder.WriteAsync(
            folder,
            [
                ("figure-4.svg", Figures.Response(draws).ToSvg()),
                ("figure-5.svg", Figures.Processor(draws).ToSvg()),
                ("figure-6-messages.svg", Figures.Messages(draws).ToSvg()),
                ("figure-6-bytes.svg", Figures.Bytes(draws).ToSvg()),
                ("figure-7-users.svg", Figures.Users(draws).ToSvg()),
                ("figure-7-reputation.svg", Figures.Reputation(draws).ToSvg()),
                ("figure-8.svg", Figures.Leaks(draws).ToSvg()),
                ("results.md", Report.Markdown(draws, firstSeed)),
            ],
            cancellationToken);
        AnsiConsole.WriteLine($"Figures and tables are in {Path.GetFullPath(folder)}");
        return 0;
    });
}
