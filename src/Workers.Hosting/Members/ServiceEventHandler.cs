using Contracts.Messages;
using Ethereum;
using Workers.Hosting.Chain;
using Workers.Hosting.Data;
using Workers.Hosting.Envelopes;
using BondedQueries = Ethereum.Contracts.Collaboration;

namespace Workers.Hosting.Members;

/// <summary>Keeps every location service's present offer.</summary>
public sealed class ServiceEventHandler<TDb, TEvent>(TDb db) : FactHandler<TEvent, Address, ServiceFactRow>(db)
    where TDb : WorkerDbContext
    where TEvent : notnull
{
    /// <inheritdoc/>
    protected override (Address Key, ServiceFactRow Row) Read(TEvent contractEvent, LogPosition position)
    {
        ArgumentNullException.ThrowIfNull(position);
        return contractEvent switch
        {
            BondedQueries.ServiceOfferedEvent offered => (offered.Service, Fact(offered.Service, position, offered)),
            BondedQueries.ServiceWithdrawnEvent withdrawn => (withdrawn.Service, Fact(withdrawn.Service, position, offered: null)),
            _ => throw new ArgumentException($"{contractEvent.GetType().Name} says nothing of services.", nameof(contractEvent)),
        };
    }

    /// <inheritdoc/>
    protected override IQueryable<ServiceFactRow> FactsOf(Address key) => db.Set<ServiceFactRow>().Where(f => f.Account == key);

    /// <inheritdoc/>
    protected override async Task<IVersioned> AddUpAsync(Address key, IReadOnlyList<ServiceFactRow> facts, CancellationToken cancellationToken)
    {
        var row = await db.Set<ServiceRow>().FindAsync([key], cancellationToken) ?? db.Set<ServiceRow>().Add(new ServiceRow { Account = key }).Entity;
        var last = facts.InChainOrder().LastOrDefault();
        row.IsOffered = last?.PublicKey is not null;
        (row.Fee, row.PublicKey, row.Endpoint) = (last?.Fee ?? 0, last?.PublicKey ?? [], last?.Endpoint ?? "");
        return row;
    }

    private static ServiceFactRow Fact(Address account, LogPosition position, BondedQueries.ServiceOfferedEvent? offered) => new()
    {
        Account = account,
        BlockNumber = checked((long)position.BlockNumber),
        BlockHash = position.BlockHash,
        LogIndex = position.LogIndex,
        Fee = offered?.Fee ?? 0,
        PublicKey = offered?.PublicKey,
        Endpoint = offered?.Endpoint is { } text ? MemberEndpoint.OrNone(text) : null,
    };
}
