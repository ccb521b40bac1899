using System.CommandLine;
using Mechanisms.Datasets;
using Workers.Evaluator.Collecting;

namespace Workers.Standalone.Sessions;

/// <summary><c>./run report</c>: computes a signed score again, as a third party would.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var folder = new Argument<DirectoryInfo>("FOLDER") { Description = "With report.json, training.features and validation.features: sessions/<id>/scores/<provider> of the collector's data." };
        var command = new Command("report", "Compute a provider's signed score again: 0 when it agrees to the last digit.") { folder };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var path = Path.GetFullPath(parsed.GetValue(folder)!.ToString(), Environment.GetEnvironmentVariable("RUN_FROM") ?? Environment.CurrentDirectory);
            try
            {
                var (report, collector) = ScoreReport.Read(await File.ReadAllTextAsync(Path.Combine(path, "report.json"), cancellationToken));
                var difference = report.Differs(
                    await File.ReadAllBytesAsync(Path.Combine(path, "training.features"), cancellationToken),
                    await File.ReadAllBytesAsync(Path.Combine(path, "validation.features"), cancellationToken),
                    Environment.ProcessorCount,
                    cancellationToken);
                Console.WriteLine($"{report.Provider} in session {report.Session}: {report.Correct} of {report.Total}, signed by {collector}. {difference ?? "It comes out the same."}");
                return difference is null ? 0 : 1;
            }
            catch (Exception e) when (e is IOException or FormatException or DatasetFileException or ArgumentException or UnauthorizedAccessException)
            {
                await Console.Error.WriteLineAsync($"The report cannot be checked: {e.Message}");
                return 1;
            }
        });
        return command;
    }
}
