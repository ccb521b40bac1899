using Microsoft.EntityFrameworkCore;
using Testing;
using Workers.Hosting.Probe;

namespace Workers.Hosting.Tests;

/// <summary>A worker process that is killed at random moments, on real servers and on the embedded defaults.</summary>
public sealed class KilledWorkerTests(RealServers servers)
{
    [Fact]
    public async Task A_worker_that_is_killed_again_and_again_handles_every_message_once_in_production()
    {
        await KillRepeatedlyAsync(await ProductionSettings.FreshAsync(servers));
    }

    [Fact]
    public async Task A_worker_that_is_killed_again_and_again_handles_every_message_once_on_the_embedded_defaults()
    {
        await KillRepeatedlyAsync(TestFleet.Settings());
    }

    private static async Task KillRepeatedlyAsync(Dictionary<string, string?> settings)
    {
        var token = TestContext.Current.CancellationToken;
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        var random = new Random(seed);
        const int Messages = 400;
        await using (var sender = await TestFleet.StartAsync(settings))
        {
            // Saved by a process that stops before it can publish them all.
            sender.Control.OnCount = (_, t) => Task.Delay(Timeout.Infinite, t);
            await sender.PublishAsync(Enumerable.Range(0, Messages).Select(i => new Count($"k{i}")));
        }

        settings["Probe:Slowness"] = "00:00:00.100";
        var killedInWork = 0;
        for (var round = 0; round < 4; round++)
        {
            await using var worker = ProbeProcess.Start(settings);
            await Task.Delay(random.Next(2500, 6000), token);
            killedInWork += worker.HasExited ? 0 : 1;
            await worker.KillAsync();
        }

        Assert.Equal(4, killedInWork);
        await using var last = await TestFleet.StartAsync(settings);
        await last.EventuallyAsync((db, t) => db.Runs.CountAsync(r => r.Text.StartsWith("counted"), t), n => n == Messages, TimeSpan.FromMinutes(3));
        await last.DrainAsync();
        Assert.Equal(Messages, await last.ReadAsync((db, t) => db.Counts.CountAsync(t)));
        Assert.Equal(Messages, await last.ReadAsync((db, t) => db.Counts.SumAsync(c => c.Number, t)));
        Assert.Equal(2 * Messages, await last.ReadAsync((db, t) => db.Runs.CountAsync(t)));
    }
}
