using System.Diagnostics;
using System.Text.Json;

namespace Bench.Learning;

/// <summary>Another implementation in a Node process that works only when it is asked for a round.</summary>
internal sealed class Rival : IDisposable
{
    private readonly Process process;

    /// <summary>Starts a script of this folder and gives it its task.</summary>
    public Rival(string folder, string script, object task)
    {
        process = Process.Start(new ProcessStartInfo("node", [script]) { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        process.StandardInput.WriteLine(JsonSerializer.Serialize(task));
    }

    /// <summary>One round's answer, or what went wrong.</summary>
    public (double Seconds, string? Error) Round(string line = "")
    {
        process.StandardInput.WriteLine(line);
        process.StandardInput.Flush();
        while (process.StandardOutput.ReadLine() is { } answer)
        {
            if (answer.StartsWith('{'))
            {
                using var document = JsonDocument.Parse(answer);
                return document.RootElement.TryGetProperty("error", out var error) ? (0, error.GetString()) : (document.RootElement.GetProperty("seconds").GetDouble(), null);
            }
        }

        return (0, "the process ended");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        process.StandardInput.Close();
        if (!process.WaitForExit(TimeSpan.FromSeconds(10)))
        {
            process.Kill();
        }

        process.Dispose();
    }
}
