using Ethereum;
using Microsoft.EntityFrameworkCore;
using Workers.Hosting.Members;

namespace Workers.Collaboration.Standings;

/// <summary>The standings that this member knows.</summary>
public sealed class AttestedStandings(CollaborationDb db)
{
    /// <summary>The latest ones whose document is here; null before the first.</summary>
    public async Task<KnownStandings?> LatestAsync(CancellationToken cancellationToken) =>
        Known(await db.Attestations.AsNoTracking().Where(a => a.Number > 0 && a.Document != null).OrderByDescending(a => a.Number).FirstOrDefaultAsync(cancellationToken));

    /// <summary>Those of a root; null when it was not attested, or its document is not here.</summary>
    public async Task<KnownStandings?> FindAsync(Hash32 root, CancellationToken cancellationToken) =>
        Known(await db.Attestations.AsNoTracking().SingleOrDefaultAsync(a => a.Root == root && a.Number > 0 && a.Document != null, cancellationToken));

    private static KnownStandings? Known(AttestationRow? row) => row is null ? null : new KnownStandings(row.Root, row.Number, StandingsDocument.Read(row.Document));
}

/// <summary>An attestation with its document.</summary>
public sealed record KnownStandings(Hash32 Root, long Number, StandingsDocument Document);
