using System.Collections.Concurrent;
using System.Diagnostics;
using Workers.Hosting.Probe;

namespace Workers.Hosting.Tests;

/// <summary>The probe as a process of its own, with what it writes as an operator reads it.</summary>
internal sealed class ProbeProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ProbeProcess(Process process) => _process = process;

    public ConcurrentQueue<string> Lines { get; } = new();

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public static ProbeProcess Start(Dictionary<string, string?> settings, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(ProbeDb).Assembly.Location, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var (key, value) in settings)
        {
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        var probe = new ProbeProcess(Process.Start(start)!);
        probe._process.OutputDataReceived += (_, line) => probe.Keep(line.Data);
        probe._process.ErrorDataReceived += (_, line) => probe.Keep(line.Data);
        probe._process.BeginOutputReadLine();
        probe._process.BeginErrorReadLine();
        return probe;
    }

    /// <summary>Waits until a line contains this.</summary>
    public async Task SaysAsync(string text)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!Lines.Any(l => l.Contains(text, StringComparison.Ordinal)))
        {
            Assert.True(!HasExited && TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(90), $"The probe does not say '{text}': {string.Join('\n', Lines)}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>kill -9.</summary>
    public Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        return ExitAsync();
    }

    public Task ExitAsync() => _process.WaitForExitAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            Lines.Enqueue(line);
        }
    }
}
