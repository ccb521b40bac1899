using Contracts.Messages;
using Ethereum;
using Ethereum.Contracts;
using Ethereum.Rpc;
using Microsoft.Extensions.Options;
using Workers.Hosting.Chain;
using Workers.Hosting.Data;
using Workers.Hosting.Messaging;

namespace Workers.Hosting.Members;

/// <summary>What a worker's handlers ask the contract Conduct.</summary>
public sealed class ConductChain(EthereumRpc rpc, IOptions<ChainOptions> options, WorkerDbContext db) : WorkerChain(rpc, options, db)
{
    /// <summary>The contract.</summary>
    public Address Contract => ContractAt("Conduct");

    /// <summary>The market, for which everything is signed.</summary>
    public ConductReference Market => new(ChainId, Contract);

    /// <summary>Time of a block that there is.</summary>
    public async Task<DateTimeOffset> TimeOfAsync(long block, CancellationToken cancellationToken) =>
        DateTimeOffset.FromUnixTimeSeconds(checked((long)(await Rpc.GetBlockHeaderAsync(checked((ulong)block), cancellationToken))!.Timestamp));

    /// <summary>What nobody can change.</summary>
    public Task<Conduct.Rules> RulesAsync(CancellationToken cancellationToken) => ReadAsync(Contract, new Conduct.RulesCall(), cancellationToken);

    /// <summary>What the chain says of an account: bond, offences, lock.</summary>
    public Task<Conduct.Member> MemberAsync(Address account, CancellationToken cancellationToken) => ReadAsync(Contract, new Conduct.MemberOfCall(account), cancellationToken);

    /// <summary>Whether a mined transaction penalised somebody. An accusation that does not hold is mined too, and costs its author a fine.</summary>
    /// <exception cref="InvalidOperationException">The node lags: it does not know the transaction.</exception>
    public async Task<bool> HasPenalisedAsync(Hash32 transaction, CancellationToken cancellationToken)
    {
        var receipt = await Rpc.GetTransactionReceiptAsync(transaction, cancellationToken) ?? throw new InvalidOperationException($"The node has no receipt of the mined transaction {transaction}.");
        return receipt.Logs.Any(l => l.Address == Contract && l.Topics.Contains(Conduct.PenalisedEvent.Topic));
    }
}

/// <summary>Remembers how far the chain is final.</summary>
public sealed class ConductFinalityHandler(ConductChain chain) : IHandler<ChainFinalised>
{
    /// <inheritdoc/>
    public Task HandleAsync(ChainFinalised message, CancellationToken cancellationToken) => chain.AdvanceAsync(message, cancellationToken);
}

/// <summary>Registers <see cref="ConductChain"/>.</summary>
public static class ConductRegistration
{
    /// <summary>For a worker with this database.</summary>
    public static IServiceCollection AddConductChain<TDb>(this IServiceCollection services)
        where TDb : WorkerDbContext =>
        services.AddScoped(provider => ActivatorUtilities.CreateInstance<ConductChain>(provider, provider.GetRequiredService<TDb>()));
}
