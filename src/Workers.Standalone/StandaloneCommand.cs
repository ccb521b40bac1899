using System.CommandLine;
using Spectre.Console;
using Workers.Standalone.PersonalData;
using Workers.Standalone.Sessions;

namespace Workers.Standalone;

/// <summary>The command line of <c>./run</c>.</summary>
internal static class StandaloneCommand
{
    public static RootCommand Create()
    {
        var once = new Option<bool>("--once") { Description = "End after the first round instead of waiting for more data until Ctrl-C." };
        var spaces = new Option<string[]>("--space")
        {
            Description = "TAG=PATH: seal this folder instead of the sample mailbox's. Tags of the sample application: mail, attachments, contacts.",
            AllowMultipleArgumentsPerToken = false,
        };
        var data = new Option<DirectoryInfo?>("--data")
        {
            Description = "A new or empty folder where the three organisations keep keys, databases and files. Default: one under .run/.",
        };
        var command = new RootCommand("A private-data market on this machine: a provider, an owner and a buyer, each with its own fleet, keys and database.")
        {
            once, spaces, data, Market(data), ReportCommand.Create(), DeployCommand.Create(),
            Act("session", "A collector finds the best of four providers of training data without seeing it; one of them cheats and is punished.", data, (run, ct) => run.RunSessionAsync(ct)),
            Act("oracle", "A group has five oracle nodes compute how to disguise its queries; two of them cheat, are outvoted and lose stake.", data, (run, ct) => run.RunOracleAsync(ct)),
            Act("zones", "Twenty members find what is near without telling who asks; four of them cheat, are found out and locked.", data, (run, ct) => run.RunZonesAsync(ct)),
        };
        spaces.Validators.Add(result =>
        {
            foreach (var value in result.Tokens.Select(t => t.Value))
            {
                if (SpaceArgument.Problem(value) is { } problem)
                {
                    result.AddError(problem);
                }
            }
        });
        Play(command, data, parsed => (parsed.GetValue(once), Folders(parsed.GetValue(spaces))), (run, ct) => run.RunAsync(ct));
        return command;

        static Dictionary<string, string> Folders(string[]? spaces) => (spaces ?? []).Select(SpaceArgument.Parse).ToDictionary(s => s.Tag, s => s.Folder);
    }

    /// <summary><c>./run market</c>: datasets become tokens, and whoever owns one gets its data.</summary>
    private static Command Market(Option<DirectoryInfo?> data)
    {
        var once = new Option<bool>("--once") { Description = "End after the story instead of serving the market's pages until Ctrl-C." };
        var command = new Command("market", "A company sells datasets as tokens to two buyers; then the market's pages are served.") { once, data };
        Play(command, data, parsed => (parsed.GetValue(once), []), (run, ct) => run.RunDatasetMarketAsync(ct));
        return command;
    }

    /// <summary>One act of the story by itself, which ends by itself.</summary>
    private static Command Act(string name, string description, Option<DirectoryInfo?> data, Func<Run, CancellationToken, Task<int>> play)
    {
        var command = new Command(name, description) { data };
        Play(command, data, _ => (true, []), play);
        return command;
    }

    /// <summary>Plays in a folder that no other run holds.</summary>
    private static void Play(Command command, Option<DirectoryInfo?> data, Func<ParseResult, (bool Once, Dictionary<string, string> Spaces)> wanted, Func<Run, CancellationToken, Task<int>> play) =>
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (isOnce, spaces) = wanted(parsed);
            var directory = parsed.GetValue(data)?.FullName ?? RunDirectory.New();
            using var hold = RunDirectory.TryHold(directory, out var problem);
            if (hold is null)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(problem);
                return 1;
            }

            return await play(new Run(new RunSettings(isOnce, spaces, directory), Terminal()), cancellationToken);
        });

    /// <summary>Without a terminal: no colours, and lines that are not broken.</summary>
    private static IAnsiConsole Terminal()
    {
        var console = AnsiConsole.Console;
        if (Console.IsOutputRedirected)
        {
            console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No });
            console.Profile.Width = 200;
        }

        return console;
    }
}

/// <summary>What one <c>./run</c> does.</summary>
/// <param name="Once">End after the first round.</param>
/// <param name="Spaces">The owner's folders by tag, in place of the sample mailbox's.</param>
/// <param name="Directory">Root of the three organisations' data.</param>
internal sealed record RunSettings(bool Once, IReadOnlyDictionary<string, string> Spaces, string Directory);
