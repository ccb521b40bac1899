using System.Numerics;
using Contracts.Messages;
using Ethereum;
using Ethereum.Contracts;
using Microsoft.EntityFrameworkCore;
using Workers.Hosting.Chain;
using Workers.Hosting.Data;

namespace Workers.Hosting.Transactions;

/// <summary>What a worker does when the token does not let a contract take an amount.</summary>
public enum AllowStep
{
    /// <summary>Approve it.</summary>
    Approve,

    /// <summary>An approval is under way; its outcome wakes whatever waits for it.</summary>
    Wait,

    /// <summary>An approval made for this came to nothing: trying again by itself would go on for ever.</summary>
    GiveUp,
}

/// <summary>A transaction with which a contract takes an amount of credit from an account.</summary>
/// <param name="Key">The transaction's idempotency key.</param>
/// <param name="To">The contract.</param>
/// <param name="Taker">The contract as a person calls it, e.g. <c>the trading contract</c>.</param>
/// <param name="Since">When the need arose: each need is good for one approval at most.</param>
public sealed record Spending(string Key, Address From, Address To, string Taker, BigInteger Amount, DateTimeOffset Since);

/// <summary>Lets a contract take the market's credit from the worker's account: once, without limit, for everything to come.</summary>
public static class Allowance
{
    private static readonly BigInteger Unlimited = (BigInteger.One << 256) - 1;

    /// <summary>Whether a transaction of this key is such an approval.</summary>
    public static bool IsKey(string key) => key.StartsWith("allow/", StringComparison.Ordinal);

    /// <summary>
    /// Queues the transaction once balance and allowance suffice, and the approval where it is missing. Does nothing when the
    /// transaction was queued before: it may have taken the credit already, and what is left says nothing about it.
    /// </summary>
    /// <param name="call">Its call data; asked for only when it can be queued.</param>
    /// <returns>Why it will never be queued by itself, for a person; null when it is queued or waiting helps.</returns>
    public static async Task<string?> SubmitAsync(WorkerDbContext db, WorkerChain chain, Spending spending, Func<Task<byte[]>> call, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(chain);
        ArgumentNullException.ThrowIfNull(spending);
        ArgumentNullException.ThrowIfNull(call);
        var (key, from, to, taker, amount, since) = spending;
        if (await db.Transactions.AnyAsync(t => t.Key == key, cancellationToken))
        {
            return null;
        }

        var balance = await chain.ReadAsync(chain.Token, new MarketToken.BalanceOfAddressCall(from), cancellationToken);
        if (balance < amount)
        {
            return $"The account {from} holds {balance} credits; {amount} are needed. Top it up and try again.";
        }

        var allowance = await chain.ReadAsync(chain.Token, new MarketToken.AllowanceCall(from, to), cancellationToken);
        if (allowance >= amount)
        {
            await db.SubmitAsync(key, from, to, await call(), cancellationToken);
            return null;
        }

        var prefix = $"allow/{to}/";
        var queued = await db.Transactions.AsNoTracking().Where(t => t.Key.StartsWith(prefix)).OrderBy(t => t.Id).ToListAsync(cancellationToken);
        switch (Next(queued.LastOrDefault(), since))
        {
            case AllowStep.Approve:
                await db.SubmitAsync($"{prefix}{queued.Count}", from, chain.Token, new MarketToken.ApproveCall(to, Unlimited).Encode(), cancellationToken);
                return null;
            case AllowStep.GiveUp:
                return queued[^1].Error is { } error
                    ? $"The token {chain.Token} refused to let {taker} take credits: {error}. Mend that and try again."
                    : $"The token {chain.Token} was told to let {taker} take credits and still allows only {allowance}; {amount} are needed. Mend that and try again.";
            default:
                return null;
        }
    }

    /// <summary>What follows from an allowance below the amount.</summary>
    /// <param name="last">The last approval that was queued; null when none was.</param>
    public static AllowStep Next(TransactionRow? last, DateTimeOffset since) => last switch
    {
        null => AllowStep.Approve,
        { State: TransactionState.Final or TransactionState.Reverted } => last.CreatedAt < since ? AllowStep.Approve : AllowStep.GiveUp,
        _ => AllowStep.Wait,
    };
}
