using System.Diagnostics;
using System.Globalization;
using Testing;

namespace Testing.Tests;

public sealed class TestProcessesThatAreKilled
{
    // Stands for a test process: starts a guard and through it a server, tells both process ids, and waits.
    private const string StandIn = """
        coproc guard { exec setsid bash "$0" "$1" '' sleep 600; }
        echo start >&"${guard[1]}"
        read -r server <&"${guard[0]}"
        echo "$guard_PID $server"
        read -r _
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Leave_neither_server_nor_directory_when_kill_9_hits_the_tests()
    {
        var (tests, guard, server, directory) = await StartAsync();
        Assert.True(Directory.Exists(directory));

        tests.Kill();

        Assert.True(await IsGoneAsync(server), "the server outlived the tests");
        Assert.True(await IsGoneAsync(guard), "the guard outlived the tests");
        Assert.False(Directory.Exists(directory));
        tests.Dispose();
    }

    [Fact]
    public async Task Leave_no_server_when_kill_9_hits_the_guard()
    {
        var (tests, guard, server, directory) = await StartAsync();

        Process.GetProcessById(guard).Kill();

        Assert.True(await IsGoneAsync(server), "the server outlived its guard");
        tests.Kill();
        tests.Dispose();
        Directory.Delete(directory, recursive: true);
    }

    private static async Task<(Process Tests, int Guard, int Server, string Directory)> StartAsync()
    {
        var directory = ServerProcess.NewDirectory("orphan");
        var start = new ProcessStartInfo("bash", ["-c", StandIn, Path.Combine(AppContext.BaseDirectory, "guard.sh"), directory])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var tests = Process.Start(start)!;
        var pids = (await tests.StandardOutput.ReadLineAsync(Cancellation))!.Split(' ');
        var server = int.Parse(pids[1], CultureInfo.InvariantCulture);

        // The guard's child becomes the server only after it asked the kernel for the signal.
        while (await File.ReadAllTextAsync($"/proc/{server}/comm", Cancellation) != "sleep\n")
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), Cancellation);
        }

        return (tests, int.Parse(pids[0], CultureInfo.InvariantCulture), server, directory);
    }

    private static async Task<bool> IsGoneAsync(int pid)
    {
        for (var attempt = 0; attempt < 200; attempt++)
        {
            try
            {
                // A process that nobody has collected yet is dead all the same: state Z.
                if ((await File.ReadAllTextAsync($"/proc/{pid}/status", Cancellation)).Contains("State:\tZ", StringComparison.Ordinal))
                {
                    return true;
                }
            }
            catch (IOException)
            {
                // No such file, or no such process when it ended between opening and reading.
                return true;
            }

            await Task.Delay(25, Cancellation);
        }

        return false;
    }
}
