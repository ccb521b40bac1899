using System.CommandLine;
using Spectre.Console;

namespace Workers.Standalone.Oracle;

/// <summary><c>./run oracle</c>: one model of the privacy game, from its order to disguised queries.</summary>
internal static class OracleCommand
{
    public static Command Create(Option<DirectoryInfo?> data, Func<IAnsiConsole> terminal)
    {
        var command = new Command("oracle", "A group has five oracle nodes compute how to disguise its queries; two of them cheat, are outvoted and lose stake.") { data };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var directory = parsed.GetValue(data)?.FullName ?? RunDirectory.New();
            using var hold = RunDirectory.TryHold(directory, out var problem);
            if (hold is null)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(problem);
                return 1;
            }

            return await new Run(new RunSettings(Once: true, new Dictionary<string, string>(StringComparer.Ordinal), directory), terminal()).RunOracleAsync(cancellationToken);
        });
        return command;
    }
}
