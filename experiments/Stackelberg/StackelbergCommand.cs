using System.CommandLine;
using Spectre.Console;

namespace Experiments.Stackelberg;

/// <summary>The command <c>stackelberg</c>: runs the simulation, shows the tables and writes them with the figures.</summary>
internal static class StackelbergCommand
{
    private const int MostSeeds = 10_000;

    public static Command Create()
    {
        var seeds = new Option<int>("--seeds")
        {
            Description = $"How many draws of users to run, 1 to {MostSeeds}.",
            DefaultValueFactory = _ => 100,
        };
        var firstSeed = new Option<int>("--seed")
        {
            Description = "The first draw's seed, 0 to 1000000; the others follow it. The same seeds give the same files.",
            DefaultValueFactory = _ => 1,
        };
        var folder = new Option<string>("--out")
        {
            Description = "The folder for the figures and the table; made if it is not there.",
            DefaultValueFactory = _ => Path.Combine("artifacts", "experiments", "stackelberg"),
        };
        Limits.Add(seeds, 1, MostSeeds);
        Limits.Add(firstSeed, 0, 1_000_000);

        var command = new Command("stackelberg", "The data trading revenue game of Zhu et al. 2024: Figs. 12–14 and the gains over three other schemes.")
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
                var task = progress.AddTask("Drawing users and solving their games", maxValue: seeds);
                return Task.Run(() => Simulation.Run(firstSeed, seeds, () => task.Increment(1), cancellationToken), cancellationToken);
            });

            Show(result);
            await WriteAsync(folder, result, cancellationToken);
            AnsiConsole.WriteLine($"Figures and tables are in {Path.GetFullPath(folder)}");
            return 0;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"Can't write to '{folder}': {error.Message} Choose another folder with --out.");
            return 1;
        }
    }

    private static void Show(SimulationResult result)
    {
        foreach (var table in Report.Tables(result))
        {
            AnsiConsole.Write(table.View());
        }

        AnsiConsole.WriteLine(Report.PrintedAlgorithm(result));
    }

    private static async Task WriteAsync(string folder, SimulationResult result, CancellationToken cancellationToken)
    {
        (string Name, string Content)[] files =
        [
            ("figure-12.svg", Figures.Schemes(result).ToSvg()),
            ("figure-13.svg", Figures.Shares(result).ToSvg()),
            ("figure-14.svg", Figures.Volumes().ToSvg()),
            ("results.md", Report.Markdown(result)),
        ];
        foreach (var (name, content) in files)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, name), content, cancellationToken);
        }
    }
}
