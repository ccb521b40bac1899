using Contracts.Messages;
using Microsoft.EntityFrameworkCore;
using Workers.Hosting.Data;

namespace Workers.Hosting.Transactions;

/// <summary>A transaction that may have a next step.</summary>
internal readonly record struct OpenTransaction(long Id, string From);

/// <summary>A block that holds transactions which wait until it is final.</summary>
internal readonly record struct MinedBlock(long Number, string Hash);

/// <summary>
/// What the sender asks its table, each answered from an index and none longer than what can be under way: what waits behind
/// it, and what has ended, costs a turn nothing.
/// </summary>
internal static class OpenTransactions
{
    /// <summary>Broadcast and in no block yet, oldest first: at most <see cref="TransactionOptions.MaxInFlight"/> of each account.</summary>
    public static Task<List<OpenTransaction>> SentAsync(WorkerDbContext db, CancellationToken cancellationToken) =>
        In(db, TransactionState.Sent).OrderBy(t => t.Id).Select(t => new OpenTransaction(t.Id, t.From)).ToListAsync(cancellationToken);

    /// <summary>Accounts with transactions that are not signed yet.</summary>
    public static Task<List<string>> QueuingAsync(WorkerDbContext db, CancellationToken cancellationToken) =>
        In(db, TransactionState.Queued).Select(t => t.From).Distinct().ToListAsync(cancellationToken);

    /// <summary>Blocks that hold mined transactions.</summary>
    public static Task<List<MinedBlock>> BlocksAsync(WorkerDbContext db, CancellationToken cancellationToken) =>
        In(db, TransactionState.Mined).Select(t => new MinedBlock(t.BlockNumber!.Value, t.BlockHash!)).Distinct().ToListAsync(cancellationToken);

    /// <summary>The mined transactions of a block.</summary>
    public static Task<List<OpenTransaction>> InBlockAsync(WorkerDbContext db, string blockHash, CancellationToken cancellationToken) =>
        In(db, TransactionState.Mined).Where(t => t.BlockHash == blockHash).OrderBy(t => t.Id)
            .Select(t => new OpenTransaction(t.Id, t.From)).ToListAsync(cancellationToken);

    /// <summary>Not signed, and never refused in simulation.</summary>
    public static Task<List<long>> FreshAsync(WorkerDbContext db, string account, int count, CancellationToken cancellationToken) =>
        In(db, TransactionState.Queued).Where(t => t.From == account && t.RefusedSince == null).OrderBy(t => t.Id).Take(count)
            .Select(t => t.Id).ToListAsync(cancellationToken);

    /// <summary>Not signed because simulation refused them, behind the one that was tried last.</summary>
    public static Task<List<long>> RefusedAsync(WorkerDbContext db, string account, long after, int count, CancellationToken cancellationToken) =>
        In(db, TransactionState.Queued).Where(t => t.From == account && t.RefusedSince != null && t.Id > after).OrderBy(t => t.Id).Take(count)
            .Select(t => t.Id).ToListAsync(cancellationToken);

    private static IQueryable<TransactionRow> In(WorkerDbContext db, TransactionState state) => db.Transactions.AsNoTracking().Where(t => t.State == state);
}
