using Contracts.Messages;
using Ethereum;
using Ethereum.Contracts;
using Workers.Hosting.Chain;
using Workers.Hosting.Data;

namespace Workers.Collaboration.Standings;

/// <summary>Keeps what was attested.</summary>
public sealed class AttestationHandler(CollaborationDb db) : FactHandler<Conduct.StandingsAttestedEvent, Hash32, AttestationFactRow>(db)
{
    /// <inheritdoc/>
    protected override (Hash32 Key, AttestationFactRow Row) Read(Conduct.StandingsAttestedEvent contractEvent, LogPosition position)
    {
        ArgumentNullException.ThrowIfNull(contractEvent);
        ArgumentNullException.ThrowIfNull(position);
        return (contractEvent.Root, new AttestationFactRow
        {
            Root = contractEvent.Root,
            BlockNumber = checked((long)position.BlockNumber),
            BlockHash = position.BlockHash,
            LogIndex = position.LogIndex,
            Number = checked((long)contractEvent.Number),
            Members = checked((int)contractEvent.Members),
            Least = contractEvent.Least,
            Content = contractEvent.Content,
        });
    }

    /// <inheritdoc/>
    protected override IQueryable<AttestationFactRow> FactsOf(Hash32 key) => db.AttestationFacts.Where(f => f.Root == key);

    /// <inheritdoc/>
    protected override async Task<IVersioned> AddUpAsync(Hash32 key, IReadOnlyList<AttestationFactRow> facts, CancellationToken cancellationToken)
    {
        var row = await db.Attestations.FindAsync([key], cancellationToken) ?? db.Attestations.Add(new AttestationRow { Root = key }).Entity;
        var last = facts.InChainOrder().LastOrDefault();
        row.Number = last?.Number ?? 0;
        if (last is not null)
        {
            (row.Members, row.Least, row.Content, row.Problem) = (last.Members, last.Least, last.Content, null);
            db.Publish(new FetchStandings(key.ToString()));
        }

        return row;
    }
}
