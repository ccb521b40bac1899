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

/// <summary>Whether a contract can take an amount from an account.</summary>
/// <param name="Ready">It can, now.</param>
/// <param name="Problem">Why it never will by itself, for a person; null when waiting for the approval helps.</param>
public readonly record struct AllowanceAnswer(bool Ready, string? Problem = null);

/// <summary>Lets a contract take the market's credit from the worker's account: once, without limit, for everything to come.</summary>
public static class Allowance
{
    private static readonly BigInteger Unlimited = (BigInteger.One << 256) - 1;

    /// <summary>Whether a transaction of this key is such an approval.</summary>
    public static bool IsKey(string key) => key.StartsWith("allow/", StringComparison.Ordinal);

    /// <summary>Checks balance and allowance, and queues the approval where it is missing.</summary>
    /// <param name="taker">Who takes it, as a person calls it, e.g. <c>the trading contract</c>.</param>
    /// <param name="since">When the need arose: each need is good for one approval at most.</param>
    public static async Task<AllowanceAnswer> EnsureAsync(
        WorkerDbContext db, WorkerChain chain, Address account, Address spender, string taker, BigInteger amount, DateTimeOffset since, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(chain);
        var balance = await chain.ReadAsync(chain.Token, new MarketToken.BalanceOfAddressCall(account), cancellationToken);
        if (balance < amount)
        {
            return new AllowanceAnswer(false, $"The account {account} holds {balance} credits; {amount} are needed. Top it up and try again.");
        }

        var allowance = await chain.ReadAsync(chain.Token, new MarketToken.AllowanceCall(account, spender), cancellationToken);
        if (allowance >= amount)
        {
            return new AllowanceAnswer(true);
        }

        var prefix = $"allow/{spender}/";
        var queued = await db.Transactions.AsNoTracking().Where(t => t.Key.StartsWith(prefix)).OrderBy(t => t.Id).ToListAsync(cancellationToken);
        switch (Next(queued.LastOrDefault(), since))
        {
            case AllowStep.Approve:
                await db.SubmitAsync($"{prefix}{queued.Count}", account, chain.Token, new MarketToken.ApproveCall(spender, Unlimited).Encode(), cancellationToken);
                return new AllowanceAnswer(false);
            case AllowStep.GiveUp:
                return new AllowanceAnswer(false, queued[^1].Error is { } error
                    ? $"The token {chain.Token} refused to let {taker} take credits: {error}. Mend that and try again."
                    : $"The token {chain.Token} was told to let {taker} take credits and still allows only {allowance}; {amount} are needed. Mend that and try again.");
            default:
                return new AllowanceAnswer(false);
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
