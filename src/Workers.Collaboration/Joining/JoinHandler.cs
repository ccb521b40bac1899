using Contracts.Messages;
using Ethereum;
using Microsoft.EntityFrameworkCore;
using Workers.Hosting.Members;
using Workers.Hosting.Messaging;
using Workers.Hosting.Transactions;

namespace Workers.Collaboration.Joining;

/// <summary>Queues the transaction, once the token lets the contract take bond and dues.</summary>
public sealed class JoinHandler(CollaborationDb db, ConductChain chain, MainAccount account) : IHandler<Join>
{
    /// <inheritdoc/>
    public async Task HandleAsync(Join message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (await db.Joinings.FindAsync([Hash32.Parse(message.Id)], cancellationToken) is not { Problem: null } row)
        {
            return;
        }

        var spending = new Spending(Key(row.Id), account.Address, chain.Contract, "the contract Conduct", row.Amount, row.At);
        row.Problem = await Allowance.SubmitAsync(db, chain, spending, () => Task.FromResult(row.Call), cancellationToken);
    }

    /// <summary>The transaction that joins.</summary>
    internal static string Key(Hash32 id) => $"join/{id}";
}

/// <summary>Goes on where an approval came, and says what became of a joining.</summary>
public sealed class JoinOutcomeHandler(CollaborationDb db) : IHandler<TransactionOutcome>
{
    /// <inheritdoc/>
    public async Task HandleAsync(TransactionOutcome message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (Allowance.IsKey(message.Key))
        {
            foreach (var row in await db.Joinings.AsNoTracking().Where(j => j.Problem == null).ToListAsync(cancellationToken))
            {
                db.Publish(new Join(row.Id.ToString()));
            }
        }
        else if (message.State == TransactionState.Reverted && message.Key.Split('/') is ["join", var text] && Hash32.TryParse(text, null, out var id)
            && await db.Joinings.FindAsync([id], cancellationToken) is { } row)
        {
            row.Problem = $"The contract Conduct refused: {message.Error}.";
        }
    }
}
