using System.CommandLine;
using System.Globalization;
using Experiments.Charts;
using Spectre.Console;

namespace Experiments.Randomness;

/// <summary>The command <c>randomness</c>: puts the generator behind the mixing to statistical tests.</summary>
internal static class RandomnessCommand
{
    public static Command Create()
    {
        var words = new Option<int[]>("--words")
        {
            Description = "Word sizes in bits, each 2 to 64.",
            DefaultValueFactory = _ => [64, 32, 16, 8],
            AllowMultipleArgumentsPerToken = true,
        };
        var sequences = new Option<int>("--sequences") { Description = "Sequences of 1,000,000 bits for each word size, 55 to 10000.", DefaultValueFactory = _ => 200 };
        var seed = RunOptions.FirstSeed();
        var dieharder = new Option<bool>("--dieharder") { Description = "Run dieharder's whole battery too, on the first word size: an hour or two." };
        var folder = RunOptions.Folder("randomness");
        Limits.Add(sequences, 55, 10_000);
        words.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => int.TryParse(token.Value, out var size) && size is < 2 or > 64))
            {
                result.AddError("--words takes numbers from 2 to 64.");
            }
        });

        var command = new Command("randomness", "Statistical tests of Trifork, the generator behind the mixing of Bordel Sánchez et al. 2024: NIST SP 800-22 and dieharder.")
        {
            words, sequences, seed, dieharder, folder,
        };
        command.SetAction((arguments, cancellationToken) => RunAsync(
            arguments.GetValue(words)!, arguments.GetValue(sequences), arguments.GetValue(seed), arguments.GetValue(dieharder), arguments.GetValue(folder)!, cancellationToken));
        return command;
    }

    private static Task<int> RunAsync(int[] words, int sequences, int seed, bool dieharder, string folder, CancellationToken cancellationToken) => OutputFolder.FillAsync(folder, async () =>
    {
        try
        {
            var nist = await AnsiConsole.Progress().StartAsync(progress => Task.Run(
                () => words.Select(size =>
                {
                    var task = progress.AddTask(string.Create(CultureInfo.InvariantCulture, $"NIST's tests, words of {size} bits"), maxValue: sequences);
                    return NistRun.Of(size, sequences, seed, () => task.Increment(1), cancellationToken);
                }).ToList(),
                cancellationToken));
            await ShowAsync(Path.Combine(folder, "nist.md"), NistRun.Table(nist), cancellationToken);
            var good = nist.All(run => run.IsGood);
            if (dieharder)
            {
                var lines = await Dieharder.RunAsync(words[0], seed, line => AnsiConsole.WriteLine(line), cancellationToken);
                await ShowAsync(Path.Combine(folder, "dieharder.md"), Dieharder.Table(words[0], lines), cancellationToken);
                good &= Dieharder.IsGood(lines);
            }

            AnsiConsole.WriteLine($"Tables are in {Path.GetFullPath(folder)}");
            return good ? 0 : 1;
        }
        catch (DieharderException error)
        {
            await Console.Error.WriteLineAsync(error.Message);
            return 1;
        }
    });

    private static Task ShowAsync(string file, ReportTable table, CancellationToken cancellationToken)
    {
        AnsiConsole.Write(table.View());
        return File.WriteAllTextAsync(file, table.Markdown().TrimStart('\n'), cancellationToken);
    }
}
