using System.Diagnostics;
using System.Globalization;

namespace Testing;

/// <summary>How a real server is run: the command, the account that it runs as, and how to tell that it answers.</summary>
/// <param name="Name">What the server is called in errors and in the name of its directory.</param>
/// <param name="Command">Program and arguments. The working directory is <see cref="ServerProcess.Directory"/>.</param>
/// <param name="User">Account to run as when the tests run as root; null for the tests' own account.</param>
/// <param name="Environment">Variables added to the tests' own environment.</param>
/// <param name="IsReady">True once the server answers requests; may throw while it does not.</param>
/// <param name="StopSignal">Signal of an orderly end, without SIG.</param>
/// <param name="StartTimeout">How long the server may take to answer.</param>
public sealed record ServerCommand(
    string Name,
    IReadOnlyList<string> Command,
    string? User,
    IReadOnlyDictionary<string, string> Environment,
    Func<CancellationToken, Task<bool>> IsReady,
    string StopSignal,
    TimeSpan StartTimeout);

/// <summary>
/// A real server in a private directory that can be stopped, killed, paused and started again on the same data. A small
/// watching process (guard.sh) ends the server and removes the directory when the test process dies in whatever way.
/// </summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process guard;
    private readonly SemaphoreSlim conversation = new(1, 1);
    private readonly ServerCommand server;

    private ServerProcess(ServerCommand server, string directory)
    {
        this.server = server;
        Directory = directory;
        // A session of its own: Ctrl-C in a terminal ends the tests, and only through them the servers.
        var start = new ProcessStartInfo("setsid")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (var argument in (string[])["bash", Path.Combine(AppContext.BaseDirectory, "guard.sh"), directory, server.User ?? "", .. server.Command])
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in server.Environment)
        {
            start.Environment[name] = value;
        }

        guard = Process.Start(start) ?? throw new InvalidOperationException($"{server.Name}: setsid did not start; it is part of util-linux.");
    }

    /// <summary>The server's private directory: data, configuration and the file "log".</summary>
    public string Directory { get; }

    /// <summary>Process id of the running server; 0 when it is stopped.</summary>
    public int Pid { get; private set; }

    /// <summary>A new name for a server's directory, short enough for Unix sockets (108 bytes).</summary>
    /// <param name="name">Server's name.</param>
    /// <returns>An absolute path that does not exist yet.</returns>
    public static string NewDirectory(string name) =>
        Path.Combine(Path.GetTempPath(), $"test-{name}-{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..8]}");

    /// <summary>Starts a new server and waits until it answers.</summary>
    /// <param name="server">What to run.</param>
    /// <param name="directory">A directory from <see cref="NewDirectory"/>; it is made now and removed at the end.</param>
    /// <param name="cancellation">Ends the wait and the server.</param>
    /// <returns>The running server.</returns>
    public static async Task<ServerProcess> StartNewAsync(ServerCommand server, string directory, CancellationToken cancellation = default)
    {
        var process = new ServerProcess(server, directory);
        try
        {
            await process.StartAsync(cancellation).ConfigureAwait(false);
            return process;
        }
        catch
        {
            await process.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Starts the server again on its data and waits until it answers.</summary>
    /// <param name="cancellation">Ends the wait; the server stays with the guard.</param>
    /// <returns>A task that ends when the server answers.</returns>
    /// <exception cref="InvalidOperationException">The server ended or did not answer in time; the message holds the end of its log.</exception>
    public async Task StartAsync(CancellationToken cancellation = default)
    {
        if (Pid != 0)
        {
            throw new InvalidOperationException($"{server.Name} runs already as process {Pid}.");
        }

        Pid = int.Parse(await AskAsync("start").ConfigureAwait(false), CultureInfo.InvariantCulture);
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var waiting = "not ready yet";
            try
            {
                if (await server.IsReady(cancellation).ConfigureAwait(false))
                {
                    return;
                }
            }
            catch (Exception error) when (!cancellation.IsCancellationRequested)
            {
                waiting = error.Message;
            }

            var ended = await AskAsync("alive").ConfigureAwait(false) == "no";
            if (ended || clock.Elapsed > server.StartTimeout)
            {
                var state = ended ? "ended by itself" : $"does not answer after {clock.Elapsed.TotalSeconds:0} s ({waiting})";
                await KillAsync().ConfigureAwait(false);
                throw new InvalidOperationException($"{server.Name} {state}. The end of its log:\n{LogTail()}");
            }

            await Task.Delay(50, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Asks the server to end in order and waits until its processes are gone.</summary>
    /// <returns>A task that ends when they are.</returns>
    public Task StopAsync() => EndAsync(server.StopSignal);

    /// <summary>Kills the server and its children with SIGKILL and waits until they are gone; the data stays as it was at that moment.</summary>
    /// <returns>A task that ends when they are.</returns>
    public Task KillAsync() => EndAsync("KILL");

    /// <summary>Freezes the server (SIGSTOP): connections stay open and nobody answers.</summary>
    /// <returns>A task that ends when the signal was sent.</returns>
    public Task PauseAsync() => AskAsync("signal STOP");

    /// <summary>Lets a frozen server go on (SIGCONT).</summary>
    /// <returns>A task that ends when the signal was sent.</returns>
    public Task ResumeAsync() => AskAsync("signal CONT");

    /// <summary>The last lines that the server wrote.</summary>
    /// <param name="lines">How many at most.</param>
    /// <returns>Text, empty when there is no log.</returns>
    public string LogTail(int lines = 40)
    {
        var log = Path.Combine(Directory, "log");
        return File.Exists(log) ? string.Join('\n', File.ReadLines(log).TakeLast(lines)) : "";
    }

    /// <summary>Kills the server and removes its directory.</summary>
    /// <returns>A task that ends when both are gone.</returns>
    public async ValueTask DisposeAsync()
    {
        guard.StandardInput.Close();
        await guard.WaitForExitAsync().ConfigureAwait(false);
        guard.Dispose();
        conversation.Dispose();
        Pid = 0;
    }

    private async Task EndAsync(string signal)
    {
        if (Pid != 0)
        {
            await AskAsync($"end {signal}").ConfigureAwait(false);
            Pid = 0;
        }
    }

    private async Task<string> AskAsync(string line)
    {
        await conversation.WaitAsync().ConfigureAwait(false);
        try
        {
            await guard.StandardInput.WriteLineAsync(line).ConfigureAwait(false);
            await guard.StandardInput.FlushAsync().ConfigureAwait(false);
            return await guard.StandardOutput.ReadLineAsync().ConfigureAwait(false)
                ?? throw new InvalidOperationException($"{server.Name}: its guard ended at '{line}'.");
        }
        finally
        {
            conversation.Release();
        }
    }
}
