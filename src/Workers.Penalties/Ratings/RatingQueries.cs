using Ethereum;
using Ethereum.Contracts;
using Microsoft.EntityFrameworkCore;
using Workers.Hosting.Chain;
using Workers.Hosting.Members;

namespace Workers.Penalties.Ratings;

/// <summary>What several handlers ask.</summary>
internal static class RatingQueries
{
    /// <summary>Who was a member after a block, ascending.</summary>
    public static async Task<IReadOnlyList<Address>> MembersAtAsync(this PenaltiesDb db, long block, CancellationToken cancellationToken) =>
        [.. (await db.MemberFacts.AsNoTracking().Where(f => f.BlockNumber <= block)
                .Select(f => new Fact(f.Account, f.BlockNumber, f.BlockHash, f.LogIndex, f.PublicKey != null)).ToListAsync(cancellationToken))
            .GroupBy(f => f.Account).Where(facts => facts.InChainOrder().Last().Joined).Select(facts => facts.Key).OrderBy(a => a.ToTopic())];

    /// <summary>In how many zones members helped, by the bills of the epochs that were settled up to a block and are here; and which epochs these are.</summary>
    public static async Task<(IReadOnlyList<long> Epochs, IReadOnlyDictionary<Address, uint> Zones)> ZonesAtAsync(this PenaltiesDb db, long block, CancellationToken cancellationToken)
    {
        var epochs = await db.Epochs.AsNoTracking().Where(e => e.IsSettled && e.BlockNumber <= block && e.Counted != null).OrderBy(e => e.Epoch).Select(e => e.Epoch).ToListAsync(cancellationToken);
        var zones = await db.Help.AsNoTracking().Where(h => db.Epochs.Any(e => e.Epoch == h.Epoch && e.IsSettled && e.BlockNumber <= block && e.Counted != null))
            .GroupBy(h => h.Member).Select(g => new { Member = g.Key, Zones = g.Sum(h => h.Zones) }).ToListAsync(cancellationToken);
        return (epochs, zones.ToDictionary(z => z.Member, z => (uint)Math.Min(z.Zones, uint.MaxValue)));
    }

    /// <summary>The standings that count now; with the number 0 before the first.</summary>
    public static async Task<(Hash32 Root, Conduct.Attested Attested)> LatestAttestationAsync(this ConductChain chain, CancellationToken cancellationToken)
    {
        var root = await chain.ReadAsync(chain.Contract, new Conduct.StandingsCall(), cancellationToken);
        return (root, await chain.ReadAsync(chain.Contract, new Conduct.AttestedCall(root), cancellationToken));
    }

    private sealed record Fact(Address Account, long BlockNumber, string BlockHash, long LogIndex, bool Joined) : IFactRow;
}
