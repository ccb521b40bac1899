using System.Diagnostics;
using System.Globalization;

namespace Workers.ChainListener.Tests.Running;

/// <summary>The listener as an operator runs it: a process of its own, configured by its environment.</summary>
internal sealed class ListenerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly List<string> _log = [];

    private ListenerProcess(Process process) => _process = process;

    public static ListenerProcess Start(IEnumerable<KeyValuePair<string, string>> configuration)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Workers.ChainListener.dll")])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var (key, value) in configuration)
        {
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        start.Environment["Http__Url"] = "http://127.0.0.1:0";
        var listener = new ListenerProcess(Process.Start(start)!);
        listener._process.OutputDataReceived += (_, line) => listener.Note(line.Data);
        listener._process.ErrorDataReceived += (_, line) => listener.Note(line.Data);
        listener._process.BeginOutputReadLine();
        listener._process.BeginErrorReadLine();
        return listener;
    }

    /// <summary>The end of what it wrote.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return string.Create(CultureInfo.InvariantCulture, $"process {_process.Id}:\n{string.Join('\n', _log.TakeLast(40))}");
            }
        }
    }

    /// <summary>Until it wrote a line that contains this.</summary>
    public async Task WaitForAsync(string text, CancellationToken cancellationToken)
    {
        while (!Log.Contains(text, StringComparison.Ordinal))
        {
            Assert.False(_process.HasExited, Log);
            await Task.Delay(20, cancellationToken);
        }
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private void Note(string? line)
    {
        if (line is not null)
        {
            lock (_log)
            {
                _log.Add(line);
            }
        }
    }
}
