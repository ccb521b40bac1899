using System.CommandLine;
using Spectre.Console;

namespace Workers.Standalone.IndustrialData;

/// <summary><c>./run market</c>: datasets become tokens, and whoever owns one gets its data.</summary>
internal static class MarketCommand
{
    public static Command Create(Option<DirectoryInfo?> data, Func<IAnsiConsole> terminal)
    {
        var once = new Option<bool>("--once") { Description = "End after the story instead of serving the market's pages until Ctrl-C." };
        var command = new Command("market", "A company sells datasets as tokens to two buyers; then the market's pages are served.") { once, data };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var directory = parsed.GetValue(data)?.FullName ?? RunDirectory.New();
            using var hold = RunDirectory.TryHold(directory, out var problem);
            if (hold is null)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(problem);
                return 1;
            }

            var settings = new RunSettings(parsed.GetValue(once), new Dictionary<string, string>(StringComparer.Ordinal), directory);
            return await new Run(settings, terminal()).RunDatasetMarketAsync(cancellationToken);
        });
        return command;
    }
}
