using Contracts.Messages;
using Ethereum;
using Ethereum.Contracts;
using Workers.Hosting.Chain;
using Workers.Hosting.Data;
using Workers.Hosting.Envelopes;

namespace Workers.Hosting.Members;

/// <summary>Keeps every member's present entry.</summary>
public sealed class MemberEventHandler<TDb, TEvent>(TDb db) : FactHandler<TEvent, Address, MemberFactRow>(db)
    where TDb : WorkerDbContext
    where TEvent : notnull
{
    /// <inheritdoc/>
    protected override (Address Key, MemberFactRow Row) Read(TEvent contractEvent, LogPosition position)
    {
        ArgumentNullException.ThrowIfNull(position);
        return contractEvent switch
        {
            Conduct.MemberJoinedEvent joined => (joined.Member, Fact(joined.Member, position, joined.PublicKey, joined.Endpoint)),
            Conduct.MemberLeftEvent left => (left.Member, Fact(left.Member, position, publicKey: null, endpoint: null)),
            _ => throw new ArgumentException($"{contractEvent.GetType().Name} says nothing of members.", nameof(contractEvent)),
        };
    }

    /// <inheritdoc/>
    protected override IQueryable<MemberFactRow> FactsOf(Address key) => db.Set<MemberFactRow>().Where(f => f.Account == key);

    /// <inheritdoc/>
    protected override async Task<IVersioned> AddUpAsync(Address key, IReadOnlyList<MemberFactRow> facts, CancellationToken cancellationToken)
    {
        var row = await db.Set<MemberRow>().FindAsync([key], cancellationToken) ?? db.Set<MemberRow>().Add(new MemberRow { Account = key }).Entity;
        var last = facts.InChainOrder().LastOrDefault();
        row.IsActive = last?.PublicKey is not null;
        (row.PublicKey, row.Endpoint) = (last?.PublicKey ?? [], last?.Endpoint ?? "");
        return row;
    }

    private static MemberFactRow Fact(Address account, LogPosition position, byte[]? publicKey, string? endpoint) => new()
    {
        Account = account,
        BlockNumber = checked((long)position.BlockNumber),
        BlockHash = position.BlockHash,
        LogIndex = position.LogIndex,
        PublicKey = publicKey,
        Endpoint = endpoint is { } text ? MemberEndpoint.OrNone(text) : null,
    };
}
