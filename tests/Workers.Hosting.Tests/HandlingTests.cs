using Contracts.Messages;
using Microsoft.EntityFrameworkCore;
using Workers.Hosting.Data;
using Workers.Hosting.Messaging;
using Workers.Hosting.Probe;

namespace Workers.Hosting.Tests;

/// <summary>What handlers do to a message, on the embedded defaults.</summary>
public sealed class HandlingTests
{
    [Fact]
    public async Task A_message_and_what_it_leads_to_are_handled_and_leave_the_outbox()
    {
        await using var fleet = await TestFleet.StartAsync();
        await fleet.PublishAsync(new Count("a"), new Count("a"), new Count("b"));
        await fleet.EventuallyAsync((db, t) => db.Runs.CountAsync(r => r.Text.StartsWith("counted"), t), n => n == 3);
        await fleet.DrainAsync();
        Assert.Equal(2, await fleet.CountAsync("a"));
        Assert.Equal(1, await fleet.CountAsync("b"));
    }

    [Fact]
    public async Task A_message_that_comes_three_times_is_handled_once()
    {
        await using var fleet = await TestFleet.StartAsync();
        var id = Guid.NewGuid();
        for (var i = 0; i < 3; i++)
        {
            await fleet.WithDbAsync(db => db.Publish(new Count("a"), id));
        }

        await fleet.DrainAsync();
        Assert.Equal(1, await fleet.CountAsync("a"));
        Assert.Equal(1, await fleet.RunsAsync("count a"));
    }

    [Fact]
    public async Task Handlers_that_change_the_same_row_at_once_lose_no_change()
    {
        await using var fleet = await TestFleet.StartAsync();
        await fleet.PublishAsync(new Count("hot"));
        await fleet.DrainAsync();
        fleet.Control.OnCount = (_, token) => Task.Delay(5, token);
        await fleet.PublishAsync(Enumerable.Range(0, 40).Select(_ => new Count("hot")));
        await fleet.DrainAsync();
        Assert.Equal(41, await fleet.CountAsync("hot"));
        Assert.True(fleet.Control.Attempts.Count > 41, "No two handlers ever overlapped, so the test shows nothing.");
    }

    [Fact]
    public async Task A_rejected_message_becomes_one_dead_letter_with_its_body_and_reason()
    {
        await using var fleet = await TestFleet.StartAsync();
        await fleet.PublishAsync(new Count("x", "reject"));
        await fleet.DrainAsync();
        var dead = Assert.Single(await fleet.ReadAsync((db, t) => db.DeadLetters.ToListAsync(t)));
        Assert.Equal("x is not for counting", dead.Reason);
        Assert.Equal("count", dead.Handler);
        Assert.Equal("probe-worker-count", dead.Queue);
        Assert.Contains("\"reject\"", System.Text.Encoding.UTF8.GetString(dead.Body), StringComparison.Ordinal);
        Assert.Single(fleet.Control.Attempts);
    }

    [Fact]
    public async Task A_message_that_comes_too_early_waits_for_what_it_builds_on()
    {
        await using var fleet = await TestFleet.StartAsync();
        await fleet.PublishAsync(new Count("e", "too early"));
        await fleet.EventuallyAsync((_, _) => Task.FromResult(fleet.Control.Attempts.Count), n => n >= 3);
        Assert.Equal(0, await fleet.CountAsync("e"));
        await fleet.PublishAsync(new Count("gate"));
        await fleet.EventuallyAsync((db, t) => db.Counts.CountAsync(c => c.Key == "e", t), n => n == 1);
        await fleet.DrainAsync();
        Assert.Empty(await fleet.ReadAsync((db, t) => db.DeadLetters.ToListAsync(t)));
    }

    [Fact]
    public async Task A_handler_that_keeps_failing_is_tried_with_growing_delays_and_then_waits_for_an_operator()
    {
        var settings = TestFleet.Settings();
        settings["Delivery:MaximumFailures"] = "4";
        await using var fleet = await TestFleet.StartAsync(settings);
        await fleet.PublishAsync(new Count("f", "fail"));
        var dead = await fleet.EventuallyAsync((db, t) => db.DeadLetters.SingleOrDefaultAsync(t), d => d is not null);
        Assert.Equal(4, fleet.Control.Attempts.Count);
        Assert.StartsWith("Failed 4 times, the last time with InvalidOperationException: the count is broken", dead!.Reason, StringComparison.Ordinal);
        Assert.Equal(0, await fleet.CountAsync("f"));
    }

    [Fact]
    public async Task One_correlation_id_goes_from_the_first_message_to_the_last()
    {
        await using var fleet = await TestFleet.StartAsync();
        var id = Guid.NewGuid();
        await fleet.WithDbAsync(db => db.Publish(new Count("a"), id));
        await fleet.EventuallyAsync((db, t) => db.Runs.CountAsync(t), n => n == 2);
        Assert.All(await fleet.ReadAsync((db, t) => db.Runs.ToListAsync(t)), r => Assert.Equal(id.ToString("N"), r.CorrelationId));
    }

    [Fact]
    public async Task Chain_events_reach_the_handler_of_their_contract_and_topic_and_others_leave_no_trace()
    {
        await using var fleet = await TestFleet.StartAsync();
        await fleet.PublishAsync(
            Event(1, TestFleet.ProbeAddress, ProbedEvent.Topic.ToString(), 41),
            Event(2, "0x00000000000000000000000000000000000000bb", ProbedEvent.Topic.ToString(), 42),
            Event(3, TestFleet.ProbeAddress, "0x" + new string('1', 64), 43));
        var e = Event(1, TestFleet.ProbeAddress, ProbedEvent.Topic.ToString(), 41);
        await fleet.PublishAsync(new ChainEventRetracted(e.Position, e.BlockTime, e.Address, e.Topics, e.Data));
        await fleet.DrainAsync();
        Assert.Equal(["probed 41", "retracted 41"], await fleet.ReadAsync((db, t) => db.Runs.Select(r => r.Text).Order().ToListAsync(t)));
        Assert.Equal(2, await fleet.ReadAsync((db, t) => db.Inbox.CountAsync(t)));
    }

    [Fact]
    public async Task A_chain_event_that_its_ABI_does_not_allow_is_a_dead_letter()
    {
        await using var fleet = await TestFleet.StartAsync();
        await fleet.PublishAsync(Event(1, TestFleet.ProbeAddress, ProbedEvent.Topic.ToString(), 1) with { Data = "0x00" });
        await fleet.DrainAsync();
        var dead = Assert.Single(await fleet.ReadAsync((db, t) => db.DeadLetters.ToListAsync(t)));
        Assert.Contains("is not a ProbedEvent as this build knows it", dead.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Three_fleets_in_one_process_do_not_hear_each_other()
    {
        await using var first = await TestFleet.StartAsync();
        await using var second = await TestFleet.StartAsync();
        await using var third = await TestFleet.StartAsync();
        await second.PublishAsync(new Count("a"));
        await second.DrainAsync();
        Assert.Equal("0 1 0", $"{await first.CountAsync("a")} {await second.CountAsync("a")} {await third.CountAsync("a")}");
    }

    [Fact]
    public async Task What_an_in_memory_bus_had_when_the_process_ended_is_handled_after_the_next_start()
    {
        var settings = TestFleet.Settings();
        await using (var fleet = await TestFleet.StartAsync(settings))
        {
            fleet.Control.OnCount = (_, token) => Task.Delay(Timeout.Infinite, token);
            await fleet.PublishAsync(Enumerable.Range(0, 30).Select(i => new Count($"k{i}")));
            await fleet.EventuallyAsync((db, t) => db.Outbox.CountAsync(r => r.SentAt != null, t), n => n == 30);
        }

        await using var again = await TestFleet.StartAsync(settings);
        await again.EventuallyAsync((db, t) => db.Counts.CountAsync(t), n => n == 30);
        await again.DrainAsync();
        Assert.Equal(30, await again.ReadAsync((db, t) => db.Counts.SumAsync(c => c.Number, t)));
    }

    [Fact]
    public async Task A_row_that_no_build_knows_does_not_block_the_rows_behind_it()
    {
        await using var fleet = await TestFleet.StartAsync();
        await fleet.WithDbAsync(db =>
        {
            db.Outbox.Add(new OutboxRow { MessageId = Guid.NewGuid(), MessageType = "Nobody.Knows", Body = "{}", CorrelationId = null, CreatedAt = TimeProvider.System.GetUtcNow() });
            db.Publish(new Count("behind"));
        });
        await fleet.DrainAsync();
        Assert.Equal(1, await fleet.CountAsync("behind"));
        var dead = Assert.Single(await fleet.ReadAsync((db, t) => db.DeadLetters.ToListAsync(t)));
        Assert.Equal("outbox", dead.Handler);
        Assert.Contains("Nobody.Knows", dead.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_above_the_limit_does_not_reach_the_bus_and_does_not_block_the_rows_behind_it()
    {
        var settings = TestFleet.Settings();
        settings["Outbox:MaximumBodyBytes"] = "1024";
        await using var fleet = await TestFleet.StartAsync(settings);
        await fleet.PublishAsync(new Count(new string('x', 2_000)), new Count("behind"));
        await fleet.DrainAsync();
        Assert.Equal(1, await fleet.CountAsync("behind"));
        var dead = Assert.Single(await fleet.ReadAsync((db, t) => db.DeadLetters.ToListAsync(t)));
        Assert.Equal("outbox", dead.Handler);
        Assert.Contains("Outbox:MaximumBodyBytes allows 1024", dead.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_schedule_sends_its_command_again_and_again()
    {
        var settings = TestFleet.Settings();
        settings["Probe:Schedule"] = "00:00:00.200";
        await using var fleet = await TestFleet.StartAsync(settings);
        await fleet.EventuallyAsync((db, t) => db.Runs.CountAsync(r => r.Text == "tick", t), n => n >= 3);
    }

    private static ChainEvent Event(uint index, string address, string topic, ulong number) => new(
        new LogPosition(31337, 10, "0x" + new string('2', 64), "0x" + new string('3', 64), index),
        DateTimeOffset.UnixEpoch,
        address,
        [topic],
        "0x" + number.ToString("x64"));
}
