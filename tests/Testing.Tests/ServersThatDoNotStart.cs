using System.Diagnostics;
using Testing;

namespace Testing.Tests;

public sealed class ServersThatDoNotStart
{
    private static readonly Dictionary<string, string> NoVariables = [];

    [Fact]
    public async Task A_server_that_ends_at_once_shows_the_end_of_its_log()
    {
        var command = new ServerCommand("broken", ["bash", "-c", "echo no room for data; exit 1"], null, NoVariables, _ => Task.FromResult(false), "TERM", TimeSpan.FromMinutes(1));

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => ServerProcess.StartNewAsync(command, ServerProcess.NewDirectory("broken"), TestContext.Current.CancellationToken));

        Assert.Contains("ended by itself", error.Message, StringComparison.Ordinal);
        Assert.Contains("no room for data", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_never_answers_is_ended_after_its_time_out()
    {
        var directory = ServerProcess.NewDirectory("mute");
        var command = new ServerCommand("mute", ["bash", "-c", "echo $$; exec sleep 600"], null, NoVariables, _ => Task.FromResult(false), "TERM", TimeSpan.FromSeconds(1));

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => ServerProcess.StartNewAsync(command, directory, TestContext.Current.CancellationToken));

        Assert.Contains("does not answer after", error.Message, StringComparison.Ordinal);
        var pid = int.Parse(error.Message.Split('\n')[^1], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Throws<ArgumentException>(() => Process.GetProcessById(pid));
        Assert.False(Directory.Exists(directory));
    }
}
