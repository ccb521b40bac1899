using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Experiments.Charts;

namespace Experiments.Randomness;

/// <summary>dieharder is not there, or did not do its work.</summary>
internal sealed class DieharderException(string message) : Exception(message);

/// <summary>Robert G. Brown's dieharder, as a process that reads the generator's words from its standard input.</summary>
internal static class Dieharder
{
    /// <summary>Runs all its tests.</summary>
    /// <param name="show">Takes each line when it comes.</param>
    /// <returns>The lines of results: name|ntup|tsamples|psamples|p-value|assessment.</returns>
    public static async Task<IReadOnlyList<string[]>> RunAsync(int wordBits, int seed, Action<string> show, CancellationToken cancellationToken)
    {
        using var process = Start();
        try
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var feeding = FeedAsync(process, wordBits, seed, stop.Token);
            var results = new List<string[]>();
            while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
            {
                show(line);
                var cells = line.Split('|', StringSplitOptions.TrimEntries);
                if (cells.Length == 6 && cells[5] is "PASSED" or "WEAK" or "FAILED")
                {
                    results.Add(cells);
                }
            }

            await process.WaitForExitAsync(cancellationToken);
            await stop.CancelAsync();
            await feeding;
            return results.Count > 0 ? results : throw new DieharderException($"dieharder ended with code {process.ExitCode} and no results.");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    /// <summary>No test failed, and no more are weak than chance allows: P-values below 0.5 % or above 99.5 %, so one in a hundred.</summary>
    public static bool IsGood(IReadOnlyList<string[]> results) =>
        results.All(result => result[5] != "FAILED") && results.Count(result => result[5] == "WEAK") <= 3 + (0.03 * results.Count);

    public static ReportTable Table(int wordBits, IReadOnlyList<string[]> results) => new(
        string.Create(
            CultureInfo.InvariantCulture,
            $"dieharder, words of {wordBits} bits: {results.Count(r => r[5] == "PASSED")} passed, {results.Count(r => r[5] == "WEAK")} weak, {results.Count(r => r[5] == "FAILED")} failed"),
        ["test", "ntup", "samples", "P-samples", "P-value", "assessment"],
        results);

    private static Process Start()
    {
        try
        {
            return Process.Start(new ProcessStartInfo("dieharder", ["-a", "-g", "200"]) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false })!;
        }
        catch (Win32Exception error)
        {
            throw new DieharderException($"dieharder can't be started ({error.Message}). On Debian: apt-get install dieharder.");
        }
    }

    private static async Task FeedAsync(Process process, int wordBits, int seed, CancellationToken cancellationToken)
    {
        using var words = new WordStream(wordBits, NistRun.Seed(seed));
        var buffer = new byte[1 << 16];
        try
        {
            while (true)
            {
                words.Fill(buffer);
                await process.StandardInput.BaseStream.WriteAsync(buffer, cancellationToken);
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // It has read enough: it ended, or the run did. What it made of the words is in its results.
        }
    }
}
