using Ethereum;
using Ethereum.Contracts;
using Ethereum.Rpc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Hosting.Chain;
using Workers.Hosting.Data;

namespace Workers.Hosting.Queries;

/// <summary>What a worker's handlers ask the contract Collaboration.</summary>
public sealed class QueryChain(EthereumRpc rpc, IOptions<ChainOptions> options, WorkerDbContext db) : WorkerChain(rpc, options, db)
{
    /// <summary>The contract.</summary>
    public Address Contract => ContractAt("Collaboration");

    /// <summary>The market, for which agreements are signed and queries sealed.</summary>
    public QueryMarket Market => new(ChainId, Contract);

    /// <summary>Where a query stands, if its bond has come here.</summary>
    public Task<TaskRow?> FindAsync(Hash32 query, CancellationToken cancellationToken) => Db.Set<TaskRow>().AsNoTracking().SingleOrDefaultAsync(t => t.Query == query && t.State != TaskState.None, cancellationToken);

    /// <summary>Whether a query's bond can never vanish again.</summary>
    public Task<bool> IsBondFinalAsync(TaskRow task, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(task);
        return IsFinalAsync(task.BondedBlock, task.BondedBlockHash, cancellationToken);
    }

    /// <summary>Whether a query has ended for good.</summary>
    public async Task<bool> IsEndFinalAsync(TaskRow task, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(task);
        return task.State >= TaskState.Settled && await IsFinalAsync(task.EndedBlock, task.EndedBlockHash, cancellationToken);
    }

    /// <summary>Where a query stands in the latest block, which may not have been told here yet.</summary>
    public async Task<TaskState> StateAsync(Hash32 query, CancellationToken cancellationToken) =>
        (TaskState)(int)(await ReadAsync(Contract, new Collaboration.TaskOfCall(query), cancellationToken)).State;

    /// <summary>Time of the last block that is final, as far as the listener has said; null while none is.</summary>
    public async Task<DateTimeOffset?> FinalTimeAsync(CancellationToken cancellationToken)
    {
        var chainId = (long)ChainId;
        return await Db.Finality.AsNoTracking().SingleOrDefaultAsync(f => f.ChainId == chainId, cancellationToken) is { } watermark
            && await Rpc.GetBlockHeaderAsync((ulong)watermark.BlockNumber, cancellationToken) is { } block
            ? DateTimeOffset.FromUnixTimeSeconds(checked((long)block.Timestamp))
            : null;
    }
}

/// <summary>Registers <see cref="QueryChain"/>.</summary>
public static class QueryRegistration
{
    /// <summary>For a worker with this database.</summary>
    public static IServiceCollection AddQueryChain<TDb>(this IServiceCollection services)
        where TDb : WorkerDbContext =>
        services.AddScoped(provider => ActivatorUtilities.CreateInstance<QueryChain>(provider, provider.GetRequiredService<TDb>()));
}
