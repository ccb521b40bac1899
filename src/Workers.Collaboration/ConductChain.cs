using Contracts.Messages;
using Ethereum;
using Ethereum.Contracts;
using Ethereum.Rpc;
using Microsoft.Extensions.Options;
using Workers.Hosting.Chain;
using Workers.Hosting.Members;
using Workers.Hosting.Messaging;

namespace Workers.Collaboration;

/// <summary>What the handlers ask the contract Conduct.</summary>
public sealed class ConductChain(EthereumRpc rpc, IOptions<ChainOptions> options, CollaborationDb db) : WorkerChain(rpc, options, db)
{
    /// <summary>The contract.</summary>
    public Address Contract => ContractAt("Conduct");

    /// <summary>The market, for which everything is signed.</summary>
    public ConductReference Market => new(ChainId, Contract);

    /// <summary>Whether an account is not locked, at the latest block.</summary>
    public Task<bool> IsAllowedAsync(Address account, CancellationToken cancellationToken) => ReadAsync(Contract, new Conduct.IsAllowedCall(account), cancellationToken);

    /// <summary>What nobody can change.</summary>
    public Task<Conduct.Rules> RulesAsync(CancellationToken cancellationToken) => ReadAsync(Contract, new Conduct.RulesCall(), cancellationToken);
}

/// <summary>Remembers how far the chain is final.</summary>
public sealed class CollaborationFinalityHandler(ConductChain chain) : IHandler<ChainFinalised>
{
    /// <inheritdoc/>
    public Task HandleAsync(ChainFinalised message, CancellationToken cancellationToken) => chain.AdvanceAsync(message, cancellationToken);
}
