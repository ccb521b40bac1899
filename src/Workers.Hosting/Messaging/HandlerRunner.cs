using System.Diagnostics;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Hosting.Data;
using Workers.Hosting.Health;
using Workers.Hosting.Telemetry;

namespace Workers.Hosting.Messaging;

/// <summary>
/// Runs a worker's handlers. All that a handler changed is one commit with its inbox row, so a message is handled once
/// however often it comes. When this returns the message may be acknowledged; when it throws it must not.
/// </summary>
internal sealed partial class HandlerRunner<TDb>(
    IServiceScopeFactory scopes,
    IOptions<DeliveryOptions> options,
    WorkerTelemetry<TDb> telemetry,
    Outages outages,
    TimeProvider clock,
    ILogger<HandlerRunner<TDb>> logger)
    where TDb : WorkerDbContext
{
    public async Task ConsumeAsync(IServiceProvider services, QueueDefinition queue, Delivery delivery, CancellationToken cancellationToken)
    {
        using var activity = telemetry.StartActivity(queue.Name, delivery.CorrelationId);
        using var scope = logger.BeginScope(new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["Worker"] = queue.Worker,
            ["CorrelationId"] = delivery.CorrelationId,
            ["MessageId"] = delivery.MessageId,
        });

        IReadOnlyList<Step> steps;
        try
        {
            steps = queue.Plan(services, delivery);
        }
        catch (RejectedException e)
        {
            await SettleAsync(delivery, queue.Name, e, cancellationToken);
            return;
        }

        foreach (var step in steps)
        {
            await RunAsync(delivery, step, cancellationToken);
        }
    }

    private async Task RunAsync(Delivery delivery, Step step, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            var attempted = clock.GetUtcNow();
            try
            {
                var handled = await TryOnceAsync(delivery, step, cancellationToken);
                telemetry.Finished(step.Handler, handled ? "handled" : "duplicate", clock.GetElapsedTime(started));
                return;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                throw;
            }
            catch (Exception e)
            {
                if (!await WaitAsync(e, attempt, attempted, step.Handler, cancellationToken))
                {
                    await SettleAsync(delivery, step.Handler, e, cancellationToken);
                    return;
                }

                telemetry.Finished(step.Handler, "retried", null);
            }
        }
    }

    /// <returns>False when the message had been handled before.</returns>
    private async Task<bool> TryOnceAsync(Delivery delivery, Step step, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        if (await db.Inbox.AsNoTracking().AnyAsync(r => r.MessageId == delivery.MessageId && r.Handler == step.Handler, cancellationToken))
        {
            return false;
        }

        db.CorrelationId = delivery.CorrelationId;
        await step.RunAsync(scope.ServiceProvider, cancellationToken);
        db.Inbox.Add(new InboxRow { MessageId = delivery.MessageId, Handler = step.Handler, HandledAt = clock.GetUtcNow() });
        await db.SaveChangesAsync(cancellationToken);
        return true;
    }

    /// <summary>Waits where trying again at once makes sense; conflicts a bounded number of times, an absent database until it is back.</summary>
    private async Task<bool> WaitAsync(Exception failure, int attempt, DateTimeOffset attempted, string handler, CancellationToken cancellationToken)
    {
        var fault = DatabaseFaults.Classify(failure);
        if (fault == DatabaseFault.None || (fault == DatabaseFault.Conflict && attempt >= options.Value.ConflictAttempts))
        {
            return false;
        }

        var (first, maximum) = fault == DatabaseFault.Conflict
            ? (TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(2))
            : (TimeSpan.FromMilliseconds(500), options.Value.DatabaseDelay);
        var delay = Backoff.Delay(attempt, first, maximum, Random.Shared.NextDouble());
        if (fault == DatabaseFault.Conflict)
        {
            Log.Conflict(logger, handler, attempt, failure.GetBaseException().Message);
        }
        else
        {
            outages.DatabaseFailed(telemetry.Worker, attempted, failure);
        }

        await Task.Delay(delay, clock, cancellationToken);
        return true;
    }

    /// <summary>Commits what becomes of a message that could not be handled.</summary>
    private async Task SettleAsync(Delivery delivery, string handler, Exception failure, CancellationToken cancellationToken)
    {
        var verdict = Verdict.Of(failure, delivery, options.Value, clock.GetUtcNow(), Random.Shared.NextDouble());
        for (var attempt = 1; ; attempt++)
        {
            var attempted = clock.GetUtcNow();
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                await SaveAsync(scope.ServiceProvider.GetRequiredService<TDb>(), delivery, handler, verdict, cancellationToken);
                break;
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                // Whatever is wrong, the message must not leave the bus before this commit.
                var delay = Backoff.Delay(attempt, TimeSpan.FromMilliseconds(100), options.Value.DatabaseDelay, Random.Shared.NextDouble());
                if (!outages.DatabaseFailed(telemetry.Worker, attempted, e))
                {
                    Log.NotSettled(logger, e, handler, delay);
                }

                await Task.Delay(delay, clock, cancellationToken);
            }
        }

        switch (verdict)
        {
            case Verdict.Dead dead:
                telemetry.Finished(handler, "dead", null);
                Log.Dead(logger, failure is RejectedException ? null : failure, handler, dead.Reason);
                break;
            case Verdict.Defer defer when failure is TooEarlyException:
                telemetry.Finished(handler, "deferred", null);
                Log.TooEarly(logger, handler, defer.NotBefore, failure.Message);
                break;
            case Verdict.Defer defer:
                telemetry.Finished(handler, "failed", null);
                Log.Failed(logger, failure, handler, defer.Failures, defer.NotBefore);
                break;
        }

        Activity.Current?.SetStatus(ActivityStatusCode.Error, verdict.GetType().Name);
    }

    /// <summary>
    /// Adds the row unless an earlier delivery of the same message, whose acknowledgement was lost, did so. The outbox row that
    /// this very delivery came from may still be there, so a later one is told by its count of deferrals.
    /// </summary>
    private async Task SaveAsync(TDb db, Delivery delivery, string handler, Verdict verdict, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        switch (verdict)
        {
            case Verdict.Dead dead when !await db.DeadLetters.AnyAsync(r => r.MessageId == delivery.MessageId && r.Handler == handler, cancellationToken):
                db.DeadLetters.Add(new DeadLetterRow
                {
                    MessageId = delivery.MessageId,
                    MessageType = delivery.MessageType,
                    Handler = handler,
                    Body = delivery.Body.ToArray(),
                    Queue = delivery.Queue,
                    CorrelationId = delivery.CorrelationId,
                    Reason = dead.Reason,
                    At = now,
                });
                break;
            case Verdict.Defer defer when !await db.Outbox.AnyAsync(r => r.MessageId == delivery.MessageId && r.Queue == delivery.Queue && r.Deferrals > delivery.Deferrals, cancellationToken):
                db.Outbox.Add(new OutboxRow
                {
                    MessageId = delivery.MessageId,
                    MessageType = delivery.MessageType ?? string.Empty,
                    Body = Encoding.UTF8.GetString(delivery.Body.Span),
                    CorrelationId = delivery.CorrelationId,
                    CreatedAt = now,
                    NotBefore = defer.NotBefore,
                    Queue = delivery.Queue,
                    Failures = defer.Failures,
                    Deferrals = delivery.Deferrals + 1,
                    DeferredSince = defer.Since,
                });
                break;
        }

        await db.SaveChangesAsync(cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "{Handler}: attempt {Attempt} met another commit ({Reason}); trying again")]
        public static partial void Conflict(ILogger logger, string handler, int attempt, string reason);

        [LoggerMessage(Level = LogLevel.Error, Message = "{Handler}: what became of the message could not be saved; trying again in {Delay}")]
        public static partial void NotSettled(ILogger logger, Exception exception, string handler, TimeSpan delay);

        [LoggerMessage(Level = LogLevel.Error, Message = "{Handler}: dead letter: {Reason}")]
        public static partial void Dead(ILogger logger, Exception? exception, string handler, string reason);

        [LoggerMessage(Level = LogLevel.Debug, Message = "{Handler}: too early, again at {NotBefore:O}: {Reason}")]
        public static partial void TooEarly(ILogger logger, string handler, DateTimeOffset notBefore, string reason);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Handler} failed (failure {Failures}); again at {NotBefore:O}")]
        public static partial void Failed(ILogger logger, Exception exception, string handler, int failures, DateTimeOffset notBefore);
    }
}
