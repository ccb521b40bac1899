namespace Ethereum.Transactions;

/// <summary>Whoever holds an account's key: this process, or a node.</summary>
public interface ISigner
{
    /// <summary>The account.</summary>
    Address Address { get; }

    /// <summary>
    /// Signs. Two signatures of one transaction differ (the platform's nonces are random), and so do their hashes: keep the signed
    /// transaction before it is sent, and send that one again.
    /// </summary>
    Task<SignedTransaction> SignAsync(Transaction transaction, CancellationToken cancellation);

    /// <summary>Signs a message for people and programs outside the chain (EIP-191, version 0x45).</summary>
    Task<Signature> SignMessageAsync(byte[] message, CancellationToken cancellation);

    /// <summary>Signs a struct for one contract of one chain (EIP-712).</summary>
    Task<Signature> SignTypedDataAsync(TypedData data, CancellationToken cancellation);
}
