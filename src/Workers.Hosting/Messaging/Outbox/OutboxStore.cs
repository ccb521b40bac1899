using Microsoft.EntityFrameworkCore;
using Workers.Hosting.Data;

namespace Workers.Hosting.Messaging.Outbox;

/// <summary>The dispatcher's statements, in one open unit of work.</summary>
internal static class OutboxStore
{
    /// <summary>
    /// Due rows in the order in which they were saved. With PostgreSQL they stay locked until the caller's transaction ends and
    /// other dispatchers pass over them; an SQLite file has one process.
    /// </summary>
    /// <remarks>
    /// A queue's table has no useful statistics: PostgreSQL takes it for nearly empty and sorts all of it for every batch, where
    /// walking the index finds the first rows at once. Forbidding the sort for this transaction makes it walk.
    /// </remarks>
    public static async Task<List<OutboxRow>> TakeAsync(WorkerDbContext db, int count, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var due = db.Database.IsNpgsql()
            ? db.Outbox.FromSql(
                $"""
                SET LOCAL enable_sort = off;
                SELECT * FROM outbox WHERE "SentAt" IS NULL AND ("NotBefore" IS NULL OR "NotBefore" <= {now.UtcDateTime})
                ORDER BY "Id" LIMIT {count} FOR UPDATE SKIP LOCKED
                """)
            : db.Outbox.Where(r => r.SentAt == null && (r.NotBefore == null || r.NotBefore <= now)).OrderBy(r => r.Id).Take(count);
        return await due.AsNoTracking().ToListAsync(cancellationToken);
    }

    public static Task DeleteAsync(WorkerDbContext db, IReadOnlyCollection<long> ids, CancellationToken cancellationToken) =>
        ids.Count == 0 ? Task.CompletedTask : db.Outbox.Where(r => ids.Contains(r.Id)).ExecuteDeleteAsync(cancellationToken);

    public static Task MarkSentAsync(WorkerDbContext db, IReadOnlyCollection<long> ids, DateTimeOffset now, CancellationToken cancellationToken) =>
        ids.Count == 0 ? Task.CompletedTask : db.Outbox.Where(r => ids.Contains(r.Id)).ExecuteUpdateAsync(s => s.SetProperty(r => r.SentAt, now), cancellationToken);

    public static Task PostponeAsync(WorkerDbContext db, OutboxRow row, DateTimeOffset notBefore, CancellationToken cancellationToken) =>
        db.Outbox.Where(r => r.Id == row.Id).ExecuteUpdateAsync(
            s => s.SetProperty(r => r.Attempts, row.Attempts + 1).SetProperty(r => r.NotBefore, notBefore),
            cancellationToken);

    /// <summary>Rows that an in-memory bus had when the process ended are due again.</summary>
    public static Task ReviveAsync(WorkerDbContext db, CancellationToken cancellationToken) =>
        db.Outbox.Where(r => r.SentAt != null).ExecuteUpdateAsync(s => s.SetProperty(r => r.SentAt, (DateTimeOffset?)null), cancellationToken);
}
