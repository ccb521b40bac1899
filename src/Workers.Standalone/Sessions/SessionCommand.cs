using System.CommandLine;
using Spectre.Console;

namespace Workers.Standalone.Sessions;

/// <summary><c>./run session</c>: one session for training data, from its order to the delivered samples.</summary>
internal static class SessionCommand
{
    public static Command Create(Option<DirectoryInfo?> data, Func<IAnsiConsole> terminal)
    {
        var command = new Command("session", "A collector finds the best of four providers of training data without seeing it; one of them cheats and is punished.") { data };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var directory = parsed.GetValue(data)?.FullName ?? RunDirectory.New();
            using var hold = RunDirectory.TryHold(directory, out var problem);
            if (hold is null)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(problem);
                return 1;
            }

            return await new Run(new RunSettings(Once: true, new Dictionary<string, string>(StringComparer.Ordinal), directory), terminal()).RunSessionAsync(cancellationToken);
        });
        return command;
    }
}
