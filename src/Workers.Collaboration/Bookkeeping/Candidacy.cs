using Ethereum;
using Ethereum.Contracts;
using Microsoft.EntityFrameworkCore;
using Workers.Collaboration.Standings;

namespace Workers.Collaboration.Bookkeeping;

/// <summary>Who may keep an epoch's books.</summary>
public sealed class Candidacy(CollaborationDb db, EpochChain chain, AttestedStandings standings)
{
    /// <summary>Of so many the chain is asked whether they may post; those behind them hardly get their turn.</summary>
    public const int Asked = 16;

    /// <summary>Everybody who can be elected, best first; none while the standings of the election are not here.</summary>
    public async Task<IReadOnlyList<Conduct.Standing>> RankingAsync(EpochView epoch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(epoch);
        if (await standings.FindAsync(epoch.Standings, cancellationToken) is not { } attested)
        {
            return [];
        }

        var least = await db.Attestations.AsNoTracking().Where(a => a.Root == epoch.Standings).Select(a => a.Least).SingleAsync(cancellationToken);
        return BookkeepingPolicy.Ranking(epoch.Seed, attested.Document.Standings, least);
    }

    /// <summary>Those of a ranking who may post now.</summary>
    public async Task<IReadOnlyList<Address>> MayPostAsync(IReadOnlyList<Conduct.Standing> ranking, Conduct.Rules rules, long now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(rules);
        List<Address> able = [];
        foreach (var standing in ranking.Take(Asked))
        {
            var member = await chain.MemberAsync(standing.Member, cancellationToken);
            if (member.Active && member.Bond >= rules.Fine && member.LockedUntil < (ulong)now)
            {
                able.Add(standing.Member);
            }
        }

        return [.. able, .. ranking.Skip(Asked).Select(s => s.Member)];
    }
}
