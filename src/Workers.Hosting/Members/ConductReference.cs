using Ethereum;
using Ethereum.Transactions;

namespace Workers.Hosting.Members;

/// <summary>Which market, on which chain, something is signed for; it counts nowhere else.</summary>
/// <param name="ChainId">EIP-155 chain id.</param>
/// <param name="Contract">Address of the Conduct contract.</param>
public readonly record struct ConductReference(ulong ChainId, Address Contract)
{
    /// <summary>EIP-712's domain of everything that members, bookkeepers and attestors sign, as the contract itself has it.</summary>
    public TypedDataDomain Domain => new("Conduct", "1", ChainId, Contract);
}
