using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Quartz;
using Testing;
using Workers.Hosting.Probe;

namespace Workers.Hosting.Tests;

/// <summary>Schedules that replicas share through PostgreSQL.</summary>
public sealed partial class ScheduleTests(RealServers servers)
{
    private const string EverySecond = "* * * * * ?";

    [Fact]
    public async Task Two_replicas_do_not_fire_the_same_time_twice()
    {
        var settings = await ProductionSettings.FreshAsync(servers);
        settings["Probe:Schedule"] = EverySecond;
        var starting = await Task.WhenAll(TestFleet.StartAsync(settings), TestFleet.StartAsync(settings));
        await using var first = starting[0];
        await using var second = starting[1];
        await first.EventuallyAsync((db, t) => db.Runs.CountAsync(r => r.Text == "tick", t), n => n >= 6, TimeSpan.FromSeconds(60));

        // One time is one message id, so ticks count times, however often one was fired.
        await first.EventuallyAsync(
            async (db, t) =>
            {
                var before = await FiredAsync(first) + await FiredAsync(second);
                var ticks = await db.Runs.CountAsync(r => r.Text == "tick", t);
                return (Fired: before, Later: await FiredAsync(first) + await FiredAsync(second), Ticks: ticks);
            },
            n => n.Fired == n.Later && n.Fired == n.Ticks);
    }

    [Fact]
    public async Task A_replica_that_is_killed_does_not_take_its_schedule_with_it()
    {
        var settings = await ProductionSettings.FreshAsync(servers);
        settings["Probe:Schedule"] = "00:00:02";
        await using var victim = ProbeProcess.Start(settings);
        await victim.SaysAsync("Application started");
        await using var survivor = await TestFleet.StartAsync(settings);
        var its = await survivor.App.Services.GetRequiredKeyedService<ISchedulerFactory>(ProbeModule.Name).GetScheduler(TestContext.Current.CancellationToken);

        // The next firing is acquired long before its time, here by the one that will be dead by then.
        await survivor.EventuallyAsync(
            (db, t) => db.Database.SqlQueryRaw<int>("SELECT count(*)::int AS \"Value\" FROM qrtz_fired_triggers WHERE instance_name <> {0}", its.SchedulerInstanceId).SingleAsync(t),
            held => held > 0,
            TimeSpan.FromSeconds(60));
        await victim.KillAsync();
        var killed = TimeProvider.System.GetTimestamp();
        var fired = await FiredAsync(survivor);
        await survivor.EventuallyAsync((_, _) => FiredAsync(survivor), n => n >= fired + 3, TimeSpan.FromSeconds(60));
        TestContext.Current.TestOutputHelper!.WriteLine($"three more firings within {TimeProvider.System.GetElapsedTime(killed).TotalSeconds:0.0} s of the kill");
    }

    [Fact]
    public async Task A_restart_keeps_an_unchanged_schedule_takes_over_a_changed_one_and_forgets_a_removed_one()
    {
        var settings = await ProductionSettings.FreshAsync(servers);
        settings["Probe:Schedule"] = "01:00:00";
        await using (var before = await TestFleet.StartAsync(settings))
        {
            await before.EventuallyAsync((db, t) => db.Runs.CountAsync(r => r.Text == "tick", t), n => n == 1);
        }

        await using (var unchanged = await TestFleet.StartAsync(settings))
        {
            Assert.Equal(["every 01:00:00"], await TriggersAsync(unchanged));
            await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
            Assert.Equal(0, await FiredAsync(unchanged));
        }

        settings["Probe:Schedule"] = EverySecond;
        await using (var changed = await TestFleet.StartAsync(settings))
        {
            Assert.Equal([$"at {EverySecond}"], await TriggersAsync(changed));
            await changed.EventuallyAsync((db, t) => db.Runs.CountAsync(r => r.Text == "tick", t), n => n >= 3);
        }

        settings["Probe:Schedule"] = "off";
        await using var removed = await TestFleet.StartAsync(settings);
        Assert.Empty(await TriggersAsync(removed));
        Assert.Equal(0, await removed.ReadAsync((db, t) => db.Database.SqlQueryRaw<int>("SELECT count(*)::int AS \"Value\" FROM qrtz_job_details").SingleAsync(t)));
    }

    /// <summary>As Quartz does with one whose firing meets a shutdown.</summary>
    [Fact]
    public async Task A_schedule_that_was_taken_out_of_service_goes_on_at_a_restart_and_while_its_worker_runs()
    {
        var settings = await ProductionSettings.FreshAsync(servers);
        settings["Probe:Schedule"] = "00:00:01";
        await using (var before = await TestFleet.StartAsync(settings))
        {
            await before.EventuallyAsync((_, _) => FiredAsync(before), n => n >= 1);
            await OutOfServiceAsync(before);
        }

        await using var after = await TestFleet.StartAsync(settings);
        await after.EventuallyAsync((_, _) => FiredAsync(after), n => n >= 2, TimeSpan.FromSeconds(15));
        await OutOfServiceAsync(after);
        var fired = await FiredAsync(after);
        await after.EventuallyAsync((_, _) => FiredAsync(after), n => n >= fired + 3, TimeSpan.FromSeconds(60));

        // A firing that is under way puts its trigger back into service, so it is taken out until that stays.
        static Task OutOfServiceAsync(TestFleet fleet) => fleet.EventuallyAsync(
            async (db, t) =>
            {
                await db.Database.ExecuteSqlRawAsync("UPDATE qrtz_triggers SET trigger_state = 'ERROR'", t);
                await Task.Delay(TimeSpan.FromSeconds(3), t);
                return await db.Database.SqlQueryRaw<string>("SELECT trigger_state AS \"Value\" FROM qrtz_triggers").SingleAsync(t);
            },
            state => state == "ERROR");
    }

    private static Task<List<string>> TriggersAsync(TestFleet fleet) =>
        fleet.ReadAsync((db, t) => db.Database.SqlQueryRaw<string>("SELECT trigger_name AS \"Value\" FROM qrtz_triggers").ToListAsync(t));

    private static async Task<int> FiredAsync(TestFleet fleet)
    {
        using var http = new HttpClient();
        var figures = await http.GetStringAsync(new Uri(fleet.Url, "/metrics"), TestContext.Current.CancellationToken);
        return FiredTicks().Match(figures) is { Success: true } match ? int.Parse(match.Groups["n"].Value, CultureInfo.InvariantCulture) : 0;
    }

    [GeneratedRegex("^market_schedule_fired_total\\{command=\"Tick\"\\} (?<n>\\d+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FiredTicks();
}
