using Contracts.Messages;
using Workers.Hosting.Data;

namespace Workers.Hosting.Transactions;

/// <summary>What the sender does next about a transaction that has a nonce.</summary>
public enum TransactionStep
{
    /// <summary>Nothing now.</summary>
    Wait,

    /// <summary>It is in a block: note which, and tell.</summary>
    NoteMined,

    /// <summary>Its block left the chain, or its broadcast was lost: send the signed form again.</summary>
    Broadcast,

    /// <summary>It has waited too long: sign it again under the same nonce with higher fees.</summary>
    Reprice,

    /// <summary>It is in a final block: it ends here.</summary>
    End,

    /// <summary>A final block holds another transaction under its nonce: it needs a new one.</summary>
    Renounce,
}

/// <summary>A receipt of one of a transaction's signed forms, as the node's chain has it now.</summary>
public sealed record Inclusion(string TransactionHash, long BlockNumber, string BlockHash, bool Succeeded, long GasUsed, decimal Fee, string? Created);

/// <summary>What the node says about a transaction and its account.</summary>
/// <param name="Inclusion">Null while it is in no block.</param>
/// <param name="FinalBlock">Up to which block the chain is final.</param>
/// <param name="FinalNonce">The account's transaction count at that block.</param>
public sealed record TransactionView(Inclusion? Inclusion, long FinalBlock, long FinalNonce);

/// <summary>The sender's rules as a pure function.</summary>
public static class TransactionRules
{
    /// <summary>The next step of a transaction that was signed.</summary>
    /// <param name="lastBroadcast">When this process last sent it; null when it has not.</param>
    public static TransactionStep Next(TransactionRow row, TransactionView view, DateTimeOffset? lastBroadcast, DateTimeOffset now, TransactionOptions options)
    {
        if (view.Inclusion is { } inclusion)
        {
            return inclusion.BlockNumber <= view.FinalBlock ? TransactionStep.End
                : row.State == TransactionState.Mined && row.BlockHash == inclusion.BlockHash ? TransactionStep.Wait
                : TransactionStep.NoteMined;
        }

        // Only a final block proves that the nonce is gone: a transaction that a reorganisation took out can come back.
        if (view.FinalNonce > row.Nonce)
        {
            return TransactionStep.Renounce;
        }

        return lastBroadcast is null || row.State == TransactionState.Mined ? TransactionStep.Broadcast
            : now - row.PricedAt >= options.RepriceAfter ? TransactionStep.Reprice
            : now - lastBroadcast >= options.RebroadcastAfter ? TransactionStep.Broadcast
            : TransactionStep.Wait;
    }
}
