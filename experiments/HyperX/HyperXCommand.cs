using System.CommandLine;
using System.Diagnostics;
using Mechanisms.Datasets;
using Spectre.Console;

namespace Experiments.HyperX;

/// <summary><c>experiment hyperx</c>: Li et al., §5, on images of this project or on real ones.</summary>
internal static class HyperXCommand
{
    public static Command Create()
    {
        var (seeds, firstSeed, folder) = (RunOptions.Seeds("How many times to repeat it", most: 100, usual: 3), RunOptions.FirstSeed(), RunOptions.Folder("hyperx"));
        var threads = new Option<int>("--threads") { Description = "How many threads may work; no result depends on it.", DefaultValueFactory = _ => Environment.ProcessorCount };
        var quick = new Option<bool>("--quick") { Description = "Everything small, to see in seconds that it runs. What comes out says nothing." };
        var mnist = new Option<string>("--mnist") { Description = "A folder with MNIST's four IDX files, to take them instead of drawn digits." };
        var cifar10 = new Option<string>("--cifar10") { Description = "A folder with CIFAR-10's six binary files, to take them instead of drawn digits." };
        Limits.Add(threads, 1, 256);
        var command = new Command("hyperx", "The data quality assessment of HyperX (Li et al.): Figs. 6–8 and Tables 3–6.") { seeds, firstSeed, threads, quick, mnist, cifar10, folder };
        command.Validators.Add(result =>
        {
            if (result.GetResult(mnist) is not null && result.GetResult(cifar10) is not null)
            {
                result.AddError("--mnist and --cifar10 are two tasks; give one of them.");
            }
        });
        command.SetAction((arguments, cancellation) => RunAsync(
            arguments.GetValue(quick) ? Setup.Quick : new Setup(),
            (arguments.GetValue(mnist), arguments.GetValue(cifar10)) switch
            {
                ({ } path, _) => () => TaskSource.Mnist(FromWhereThePersonStands(path)),
                (_, { } path) => () => TaskSource.Cifar10(FromWhereThePersonStands(path)),
                _ => () => TaskSource.Glyphs,
            },
            arguments.GetValue(firstSeed),
            arguments.GetValue(seeds),
            new ParallelOptions { MaxDegreeOfParallelism = arguments.GetValue(threads), CancellationToken = cancellation },
            arguments.GetValue(folder)!,
            string.Join(' ', (string[])["./run experiment hyperx", $"--seeds {arguments.GetValue(seeds)}", $"--seed {arguments.GetValue(firstSeed)}", .. Flags(arguments.GetValue(quick), arguments.GetValue(mnist), arguments.GetValue(cifar10))])));
        return command;
    }

    private static Task<int> RunAsync(Setup setup, Func<TaskSource> source, int firstSeed, int seeds, ParallelOptions options, string folder, string command) => OutputFolder.FillAsync(folder, async () =>
    {
        try
        {
            var images = source();
            var start = Stopwatch.GetTimestamp();
            var result = await AnsiConsole.Progress().HideCompleted(false).StartAsync(progress =>
            {
                var tasks = new Dictionary<string, ProgressTask>(StringComparer.Ordinal);
                return Task.Run(
                    () => HyperXRun.Run(setup, images, firstSeed, seeds, options, (part, done, all) =>
                    {
                        lock (tasks)
                        {
                            var task = tasks.TryGetValue(part, out var known) ? known : tasks[part] = progress.AddTask(part, maxValue: all);
                            task.Value = Math.Max(task.Value, done);
                        }
                    }),
                    options.CancellationToken);
            });
            AnsiConsole.Write(Report.Found(result).View());
            await OutputFolder.WriteAsync(folder, Figures.All(result).Append(("results.md", Report.Markdown(result, command))), options.CancellationToken);
            AnsiConsole.WriteLine($"Figures and tables are in {Path.GetFullPath(folder)}, after {Stopwatch.GetElapsedTime(start).TotalMinutes:0.0} minutes on {options.MaxDegreeOfParallelism} threads.");
            return 0;
        }
        catch (Exception error) when (error is DatasetFileException or FileNotFoundException)
        {
            await Console.Error.WriteLineAsync(error.Message);
            return 1;
        }
    });

    /// <summary>The options that change what comes out.</summary>
    private static IEnumerable<string> Flags(bool quick, string? mnist, string? cifar10)
    {
        (bool Given, string Text)[] flags = [(quick, "--quick"), (mnist is not null, "--mnist DIR"), (cifar10 is not null, "--cifar10 DIR")];
        return flags.Where(flag => flag.Given).Select(flag => flag.Text);
    }

    /// <summary>The script changes the directory; it keeps the one that paths are meant from.</summary>
    private static string FromWhereThePersonStands(string path) =>
        Path.GetFullPath(path, Environment.GetEnvironmentVariable("RUN_FROM") ?? Environment.CurrentDirectory);
}
