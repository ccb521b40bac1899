using Contracts.Messages;
using Ethereum;
using Microsoft.EntityFrameworkCore;
using Workers.Hosting.Data;

namespace Workers.Hosting.Transactions;

/// <summary>Transactions that anybody may send: who comes second is refused, and that is a normal end.</summary>
public static class Attempts
{
    /// <summary>Queues a call, unless one of this name is under way or came through. One that the contract refused is sent again: the caller has just seen that there is a reason to.</summary>
    public static async Task SubmitAgainAsync(this WorkerDbContext db, string name, Address from, Address to, byte[] call, CancellationToken cancellationToken)
    {
        var states = await StatesAsync(db, name, cancellationToken);
        if (states.Count == 0 || states[^1] == TransactionState.Reverted)
        {
            await db.SubmitAsync($"{name}/{states.Count}", from, to, call, cancellationToken);
        }
    }

    /// <summary>What became of the attempts so far.</summary>
    public static Task<List<TransactionState>> StatesAsync(this WorkerDbContext db, string name, CancellationToken cancellationToken)
    {
        var prefix = name + "/";
        return db.Transactions.AsNoTracking().Where(t => t.Key.StartsWith(prefix)).OrderBy(t => t.Id).Select(t => t.State).ToListAsync(cancellationToken);
    }
}
