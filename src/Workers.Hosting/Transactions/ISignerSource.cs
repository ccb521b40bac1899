using Ethereum;
using Ethereum.Transactions;

namespace Workers.Hosting.Transactions;

/// <summary>Finds the key of an account beside the main one; a worker registers one where it has such accounts.</summary>
public interface ISignerSource
{
    /// <summary>The account's signer, or null when this source does not hold it.</summary>
    ValueTask<ISigner?> FindAsync(Address account, CancellationToken cancellationToken);
}

/// <summary>The worker's main account on chain.</summary>
public sealed class MainAccount(ISigner signer)
{
    public Address Address => signer.Address;

    public ISigner Signer => signer;
}
