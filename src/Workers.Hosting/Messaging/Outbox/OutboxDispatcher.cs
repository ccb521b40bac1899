using System.Collections.Concurrent;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Hosting.Data;
using Workers.Hosting.Health;
using Workers.Hosting.Telemetry;

namespace Workers.Hosting.Messaging.Outbox;

/// <summary>
/// Brings committed outbox rows to the bus, at least once each. A row leaves the table when a durable bus has confirmed it, or
/// when all of this process's queues have dealt with it on the in-memory bus.
/// </summary>
internal sealed partial class OutboxDispatcher<TDb>(
    string worker,
    IServiceScopeFactory scopes,
    IOutboxPublisher publisher,
    MessageTypes types,
    OutboxSignal<TDb> signal,
    IOptions<OutboxOptions> options,
    IOptions<BusOptions> busOptions,
    IOptions<DatabaseOptions> databaseOptions,
    WorkerTelemetry<TDb> telemetry,
    Outages outages,
    TimeProvider clock,
    ILogger<OutboxDispatcher<TDb>> logger) : BackgroundService
    where TDb : WorkerDbContext
{
    private static readonly TimeSpan ReportInterval = TimeSpan.FromMinutes(1);
    private readonly ConcurrentQueue<long> _settled = new();
    private readonly ConcurrentDictionary<string, DateTimeOffset> _reported = new(StringComparer.Ordinal);
    private readonly bool _inMemory = busOptions.Value.Kind == BusKind.InMemory;
    private DateTimeOffset _measured;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await publisher.ReadyAsync(stoppingToken);
        await RepeatAsync(db => OutboxStore.ReviveAsync(db, stoppingToken), once: true, stoppingToken);

        // While one lane waits for the bus's confirmations another one reads or deletes; PostgreSQL's SKIP LOCKED keeps them apart.
        var lanes = databaseOptions.Value.Kind == DatabaseKind.PostgreSql ? options.Value.Lanes : 1;
        await Task.WhenAll(Enumerable.Range(0, lanes).Select(lane => RepeatAsync(db => TurnAsync(db, measures: lane == 0, stoppingToken), once: false, stoppingToken)));
    }

    private async Task TurnAsync(TDb db, bool measures, CancellationToken cancellationToken)
    {
        if (await DispatchAsync(db, cancellationToken))
        {
            return;
        }

        if (measures)
        {
            await MeasureAsync(db, cancellationToken);
        }

        await signal.WaitAsync(options.Value.PollInterval, clock, cancellationToken);
    }

    private async Task RepeatAsync(Func<TDb, Task> work, bool once, CancellationToken stoppingToken)
    {
        for (var failures = 0; ;)
        {
            var attempted = clock.GetUtcNow();
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                await work(scope.ServiceProvider.GetRequiredService<TDb>());
                outages.Serves(Outages.Database(worker), attempted);
                failures = 0;
                if (once)
                {
                    return;
                }
            }
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                var delay = Backoff.Delay(++failures, TimeSpan.FromMilliseconds(500), options.Value.MaximumDelay, Random.Shared.NextDouble());
                Tell(e, attempted, delay);
                await Task.Delay(delay, clock, stoppingToken);
            }
        }
    }

    /// <returns>Whether the batch was full, so that more may wait.</returns>
    private async Task<bool> DispatchAsync(TDb db, CancellationToken cancellationToken)
    {
        await using var transaction = db.Database.IsNpgsql() ? await db.Database.BeginTransactionAsync(cancellationToken) : null;
        await OutboxStore.DeleteAsync(db, TakeSettled(), cancellationToken);
        var now = clock.GetUtcNow();
        var rows = await OutboxStore.TakeAsync(db, options.Value.BatchSize, now, cancellationToken);
        var published = clock.GetUtcNow();
        using var timeout = new CancellationTokenSource(busOptions.Value.PublishTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var results = await Task.WhenAll(rows.Select(row => PublishAsync(row, either.Token, cancellationToken)));

        var confirmed = results.Where(r => r.Outcome == Outcome.Confirmed).Select(r => r.Row.Id).ToArray();
        var refused = results.Where(r => r.Outcome is Outcome.Returned or Outcome.Failed).ToArray();
        if (_inMemory)
        {
            await OutboxStore.MarkSentAsync(db, confirmed, now, cancellationToken);
        }
        else
        {
            await OutboxStore.DeleteAsync(db, confirmed, cancellationToken);
        }

        foreach (var (row, _, reason) in results.Where(r => r.Outcome == Outcome.Bad))
        {
            await BuryAsync(db, row, reason!, cancellationToken);
        }

        // When nothing at all goes through, it is the bus that fails and not the rows.
        var busFails = refused.Length == results.Length && refused.Any(r => r.Outcome == Outcome.Failed);
        if (busFails)
        {
            // Before another lane can take these rows: its success comes after this and ends the outage.
            outages.Failed(busOptions.Value.Title, published, refused.First(r => r.Outcome == Outcome.Failed).Reason!);
        }

        foreach (var (row, _, _) in busFails ? [] : refused)
        {
            var delay = Backoff.Delay(row.Attempts + 1, TimeSpan.FromSeconds(1), options.Value.MaximumDelay, Random.Shared.NextDouble());
            await OutboxStore.PostponeAsync(db, row, clock.GetUtcNow() + delay, cancellationToken);
        }

        if (transaction is not null)
        {
            await transaction.CommitAsync(cancellationToken);
        }

        Report(results);
        if (confirmed.Length > 0)
        {
            outages.Serves(busOptions.Value.Title, published);
        }

        return busFails
            ? throw new BusTakesNothingException()
            : rows.Count == options.Value.BatchSize;
    }

    private async Task<Result> PublishAsync(OutboxRow row, CancellationToken untilTimeout, CancellationToken cancellationToken)
    {
        var kind = types.Find(row.MessageType);
        if (row.Queue is null && kind is null)
        {
            return new Result(row, Outcome.Bad, $"This build of {worker} knows no message type {row.MessageType}. Start a build that does, then replay this.");
        }

        if (Encoding.UTF8.GetByteCount(row.Body) is var size && size > options.Value.MaximumBodyBytes)
        {
            return new Result(row, Outcome.Bad, $"The message has {size} bytes; Outbox:MaximumBodyBytes allows {options.Value.MaximumBodyBytes}.");
        }

        try
        {
            await publisher.PublishAsync(row, kind, () => _settled.Enqueue(row.Id), untilTimeout);
            return new Result(row, Outcome.Confirmed, null);
        }
        catch (NoTakerException)
        {
            return new Result(row, Outcome.Returned, null);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return new Result(row, Outcome.Failed, e is OperationCanceledException ? $"no confirmation within {busOptions.Value.PublishTimeout}" : e.GetBaseException().Message);
        }
    }

    private List<long> TakeSettled()
    {
        var ids = new List<long>();
        while (_settled.TryDequeue(out var id))
        {
            ids.Add(id);
        }

        return ids;
    }

    private async Task BuryAsync(TDb db, OutboxRow row, string reason, CancellationToken cancellationToken)
    {
        const string Handler = "outbox";
        if (!await db.DeadLetters.AnyAsync(r => r.MessageId == row.MessageId && r.Handler == Handler, cancellationToken))
        {
            db.DeadLetters.Add(new DeadLetterRow
            {
                MessageId = row.MessageId,
                MessageType = row.MessageType,
                Handler = Handler,
                Body = Encoding.UTF8.GetBytes(row.Body),
                Queue = row.Queue,
                CorrelationId = row.CorrelationId,
                Reason = reason,
                At = clock.GetUtcNow(),
            });
            await db.SaveChangesAsync(cancellationToken);
        }

        await OutboxStore.DeleteAsync(db, [row.Id], cancellationToken);
        Log.Bad(logger, row.MessageType, row.MessageId, reason);
    }

    private void Tell(Exception failure, DateTimeOffset attempted, TimeSpan delay)
    {
        if (failure is not BusTakesNothingException && !outages.DatabaseFailed(worker, attempted, failure))
        {
            Log.Stuck(logger, worker, failure.GetBaseException().Message, delay);
        }
    }

    private void Report(Result[] results)
    {
        foreach (var outcome in results.GroupBy(r => r.Outcome))
        {
            telemetry.Published(outcome.Key.ToString(), outcome.Count());
        }

        foreach (var untaken in results.Where(r => r.Outcome == Outcome.Returned).GroupBy(r => r.Row.Queue ?? r.Row.MessageType, StringComparer.Ordinal))
        {
            if (clock.GetUtcNow() - _reported.GetValueOrDefault(untaken.Key) >= ReportInterval)
            {
                _reported[untaken.Key] = clock.GetUtcNow();
                Log.NoTaker(logger, untaken.Key, untaken.Count());
            }
        }
    }

    private async Task MeasureAsync(TDb db, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (now - _measured >= TimeSpan.FromSeconds(10))
        {
            _measured = now;
            var depth = await db.Outbox.LongCountAsync(r => r.SentAt == null, cancellationToken);
            var oldest = depth == 0 ? null : await db.Outbox.Where(r => r.SentAt == null && (r.NotBefore == null || r.NotBefore <= now)).MinAsync(r => (DateTimeOffset?)r.CreatedAt, cancellationToken);
            telemetry.OutboxIs(depth, oldest is { } since ? now - since : TimeSpan.Zero);
        }
    }

    private enum Outcome
    {
        Confirmed,
        Returned,
        Failed,
        Bad,
    }

    private sealed class BusTakesNothingException : Exception;

    private sealed record Result(OutboxRow Row, Outcome Outcome, string? Reason);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Outbox of {Worker}: {Reason}; trying again in {Delay}")]
        public static partial void Stuck(ILogger logger, string worker, string reason, TimeSpan delay);

        [LoggerMessage(Level = LogLevel.Warning, Message = "No queue takes {Destination} ({Count} waiting): is the worker that handles it running?")]
        public static partial void NoTaker(ILogger logger, string destination, int count);

        [LoggerMessage(Level = LogLevel.Error, Message = "{MessageType} {MessageId} cannot be published and is a dead letter now: {Reason}")]
        public static partial void Bad(ILogger logger, string messageType, Guid messageId, string reason);
    }
}
