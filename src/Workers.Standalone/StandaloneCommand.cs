using System.CommandLine;
using Spectre.Console;
using Workers.Standalone.IndustrialData;
using Workers.Standalone.Oracle;
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
            once, spaces, data, SessionCommand.Create(data, Terminal), MarketCommand.Create(data, Terminal), OracleCommand.Create(data, Terminal), ReportCommand.Create(), DeployCommand.Create(),
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
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var folders = (parsed.GetValue(spaces) ?? []).Select(SpaceArgument.Parse).ToDictionary(s => s.Tag, s => s.Folder);
            var directory = parsed.GetValue(data)?.FullName ?? RunDirectory.New();
            using var hold = RunDirectory.TryHold(directory, out var problem);
            if (hold is null)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(problem);
                return 1;
            }

            return await new Run(new RunSettings(parsed.GetValue(once), folders, directory), Terminal()).RunAsync(cancellationToken);
        });
        return command;
    }

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
