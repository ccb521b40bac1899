using System.Diagnostics.Metrics;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Workers.Hosting.Data;
using Workers.Hosting.Health;
using Workers.Hosting.Messaging;
using Workers.Hosting.Probe;
using Workers.Hosting.Telemetry;

namespace Workers.Hosting.Tests;

/// <summary>The runner with deliveries of a test's making: what a bus delivers twice, late, or to several handlers.</summary>
public sealed class HandlerRunnerTests : IAsyncLifetime
{
    private static readonly Guid Id = Guid.NewGuid();
    private static readonly DateTimeOffset Since = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("runner-");
    private readonly FailingSaves saves = new();
    private readonly DeliveryOptions options = new() { DatabaseDelay = TimeSpan.FromMilliseconds(100), ConflictAttempts = 3 };
    private readonly Dictionary<string, int> runs = new(StringComparer.Ordinal);
    private ServiceProvider services = null!;
    private HandlerRunner<ProbeDb> runner = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        services = new ServiceCollection()
            .AddMetrics().AddSingleton(TimeProvider.System)
            .AddDbContext<ProbeDb>(o => o.UseSqlite($"Data Source={Path.Combine(directory.FullName, "probe.db")};Pooling=False").AddInterceptors(saves)
                .ConfigureWarnings(w => w.Ignore(RelationalEventId.PendingModelChangesWarning, RelationalEventId.ModelSnapshotNotFound)))
            .AddSingleton(s => new WorkerTelemetry<ProbeDb>("runner", s.GetRequiredService<IMeterFactory>()))
            .BuildServiceProvider();
        await ReadAsync(async db =>
        {
            await db.Database.MigrateAsync(Cancellation);
            return 0;
        });
        runner = new HandlerRunner<ProbeDb>(
            services.GetRequiredService<IServiceScopeFactory>(), Options.Create(options), services.GetRequiredService<WorkerTelemetry<ProbeDb>>(), new Outages(TimeProvider.System, NullLogger<Outages>.Instance),
            TimeProvider.System, NullLogger<HandlerRunner<ProbeDb>>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Each_handler_of_a_message_handles_it_once_and_one_that_fails_holds_up_no_other()
    {
        for (var i = 0; i < 2; i++)
        {
            await ConsumeAsync(Delivery(), Step("broken", _ => throw new RejectedException("no")), Step("first"), Step("second"));
        }

        Assert.Equal((2, 1, 1), (runs["broken"], runs["first"], runs["second"]));
        Assert.Equal(["first", "second"], await ReadAsync(db => db.Inbox.Select(r => r.Handler).Order().ToListAsync(Cancellation)));
    }

    [Fact]
    public async Task A_rejected_message_that_is_delivered_twice_is_one_dead_letter()
    {
        await ConsumeAsync(Delivery(), Step("broken", _ => throw new RejectedException("no")));
        await ConsumeAsync(Delivery(), Step("broken", _ => throw new RejectedException("no")));
        Assert.Single(await ReadAsync(db => db.DeadLetters.ToListAsync(Cancellation)));
    }

    [Fact]
    public async Task A_message_that_was_put_back_comes_to_its_queue_alone_in_time_and_knows_how_often_it_came()
    {
        var before = TimeProvider.System.GetUtcNow();
        await ConsumeAsync(Delivery(failures: 2, deferrals: 5, Since), Step("early", _ => throw new TooEarlyException("wait", TimeSpan.FromHours(1))));
        var row = Assert.Single(await OutboxAsync());
        Assert.Equal((Id, "q", 2, 6, Since), (row.MessageId, row.Queue, row.Failures, row.Deferrals, row.DeferredSince!.Value));
        Assert.InRange(row.NotBefore!.Value, before.AddHours(1), before.AddHours(2));
        Assert.Equal("cause", row.CorrelationId);
    }

    [Fact]
    public async Task A_handler_that_fails_is_put_back_with_one_failure_more()
    {
        await ConsumeAsync(Delivery(failures: 2, deferrals: 5), Step("broken", _ => throw new InvalidOperationException("broken")));
        Assert.Equal((3, 6), (Assert.Single(await OutboxAsync()).Failures, (await OutboxAsync())[0].Deferrals));
    }

    /// <summary>The acknowledgement was lost, so the bus delivers it again; the row that it came from may not be deleted yet.</summary>
    [Fact]
    public async Task A_delivery_that_comes_twice_is_put_back_once_and_a_later_one_again()
    {
        Step early = Step("early", _ => throw new TooEarlyException("wait", TimeSpan.FromHours(1)));
        await ConsumeAsync(Delivery(), early);
        await ConsumeAsync(Delivery(), early);
        Assert.Single(await OutboxAsync());
        await ConsumeAsync(Delivery(deferrals: 1), early);
        Assert.Equal([1, 2], (await OutboxAsync()).Select(r => r.Deferrals));
        await ConsumeAsync(Delivery() with { Queue = "another" }, early);
        Assert.Equal(3, (await OutboxAsync()).Count);
    }

    [Fact]
    public async Task A_handler_that_meets_another_commit_every_time_is_tried_a_few_times_and_then_put_back()
    {
        await ConsumeAsync(Delivery(), Step("hot", _ => throw new DbUpdateConcurrencyException("changed")));
        Assert.Equal(options.ConflictAttempts, runs["hot"]);
        Assert.Single(await OutboxAsync());
    }

    [Fact]
    public async Task A_handler_that_is_stopped_leaves_the_message_with_the_bus()
    {
        using var stopping = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => runner.ConsumeAsync(
            services, Queue(Step("slow", async token =>
            {
                await stopping.CancelAsync();
                token.ThrowIfCancellationRequested();
            })),
            Delivery(), stopping.Token));
        Assert.Empty(await OutboxAsync());
        Assert.Empty(await ReadAsync(db => db.DeadLetters.ToListAsync(Cancellation)));
    }

    [Fact]
    public async Task A_message_leaves_the_bus_only_once_what_became_of_it_is_saved()
    {
        saves.Failures = 2;
        await ConsumeAsync(Delivery(), Step("broken", _ => throw new RejectedException("no")));
        Assert.Equal(0, saves.Failures);
        Assert.Single(await ReadAsync(db => db.DeadLetters.ToListAsync(Cancellation)));
    }

    [Fact]
    public async Task What_a_handler_changed_is_gone_when_its_commit_fails_and_it_runs_again_from_the_start()
    {
        saves.Failures = 1;
        await ConsumeAsync(Delivery(), Step("counts"));
        var retried = Assert.Single(await OutboxAsync());
        Assert.Empty(await ReadAsync(db => db.Runs.ToListAsync(Cancellation)));
        await ConsumeAsync(Delivery(retried.Failures, retried.Deferrals), Step("counts"));
        Assert.Equal("cause", Assert.Single(await ReadAsync(db => db.Runs.ToListAsync(Cancellation))).CorrelationId);
    }

    private static Delivery Delivery(int failures = 0, int deferrals = 0, DateTimeOffset? since = null) =>
        new("q", Id, "Some.Type", "cause", "{}"u8.ToArray(), failures, deferrals, since);

    private static QueueDefinition Queue(params Step[] steps) => new("q", "runner", [], (_, _) => steps, (_, _, _, _) => Task.CompletedTask);

    private Task ConsumeAsync(Delivery delivery, params Step[] steps) => runner.ConsumeAsync(services, Queue(steps), delivery, Cancellation);

    private Step Step(string handler, Func<CancellationToken, Task>? run = null) => new(handler, (scope, token) =>
    {
        runs[handler] = runs.GetValueOrDefault(handler) + 1;
        scope.GetRequiredService<ProbeDb>().Ran(handler);
        return run?.Invoke(token) ?? Task.CompletedTask;
    });

    private Task<List<OutboxRow>> OutboxAsync() => ReadAsync(db => db.Outbox.AsNoTracking().OrderBy(r => r.Id).ToListAsync(Cancellation));

    private async Task<T> ReadAsync<T>(Func<ProbeDb, Task<T>> read)
    {
        await using var scope = services.CreateAsyncScope();
        return await read(scope.ServiceProvider.GetRequiredService<ProbeDb>());
    }

    /// <summary>A database that does not take the next commits.</summary>
    private sealed class FailingSaves : SaveChangesInterceptor
    {
        public int Failures { get; set; }

        public override ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default) =>
            Failures > 0 && Failures-- > 0 ? throw new InvalidOperationException("The disk is gone.") : ValueTask.FromResult(result);
    }
}
