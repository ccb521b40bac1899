using Contracts.Messages;
using Ethereum;
using Ethereum.Contracts;
using Microsoft.EntityFrameworkCore;
using Workers.Hosting.Chain;
using Workers.Hosting.Data;
using Workers.Hosting.Members;
using Workers.Hosting.Transactions;

namespace Workers.Penalties.Filing;

/// <summary>Keeps whom the contract has penalised for what.</summary>
public sealed class PenaltyHandler(PenaltiesDb db) : FactHandler<Conduct.PenalisedEvent, Hash32, PenaltyFactRow>(db)
{
    /// <inheritdoc/>
    protected override (Hash32 Key, PenaltyFactRow Row) Read(Conduct.PenalisedEvent contractEvent, LogPosition position)
    {
        ArgumentNullException.ThrowIfNull(contractEvent);
        ArgumentNullException.ThrowIfNull(position);
        var row = new PenaltyFactRow
        {
            Evidence = contractEvent.Evidence,
            Other = contractEvent.Other,
            Offender = contractEvent.Offender,
            BlockNumber = checked((long)position.BlockNumber),
            BlockHash = position.BlockHash,
            LogIndex = position.LogIndex,
            TransactionHash = position.TransactionHash,
            Accuser = contractEvent.Accuser,
        };
        return (row.Evidence, row);
    }

    /// <inheritdoc/>
    protected override IQueryable<PenaltyFactRow> FactsOf(Hash32 key) => db.PenaltyFacts.Where(f => f.Evidence == key);

    /// <inheritdoc/>
    protected override async Task<IVersioned> AddUpAsync(Hash32 key, IReadOnlyList<PenaltyFactRow> facts, CancellationToken cancellationToken)
    {
        var row = await db.Penalties.FindAsync([key], cancellationToken) ?? db.Penalties.Add(new PenaltyRow { Evidence = key }).Entity;
        var last = facts.InChainOrder().LastOrDefault();
        (row.IsShown, row.IsFinal, row.Accuser) = (last is not null, false, last?.Accuser ?? default);
        (row.Other, row.Offender) = (last?.Other ?? default, last?.Offender ?? default);
        (row.BlockNumber, row.BlockHash, row.TransactionHash) = (last?.BlockNumber ?? 0, last?.BlockHash ?? "", last?.TransactionHash ?? "");
        return row;
    }
}

/// <summary>What a penalty means for the case that is about the same.</summary>
public sealed class PenaltyWatch(PenaltiesDb db, ConductChain chain, MainAccount account)
{
    private const int AtOnce = 100;

    /// <summary>Ends the cases whose penalties have become final.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        foreach (var penalty in await db.Penalties.Where(p => p.IsShown && !p.IsFinal).OrderBy(p => p.BlockNumber).Take(AtOnce).ToListAsync(cancellationToken))
        {
            if (!await chain.IsFinalAsync(penalty.BlockNumber, penalty.BlockHash, cancellationToken))
            {
                return;
            }

            penalty.IsFinal = true;
            var open = await db.Cases.Where(c => c.Offender == penalty.Offender && (c.State == CaseState.Waiting || c.State == CaseState.Held || c.State == CaseState.Filed)).ToListAsync(cancellationToken);
            foreach (var row in open.Where(c => Penalises(penalty, c)))
            {
                End(row, penalty);
            }
        }
    }

    /// <summary>Whether the contract has penalised the offender for it already. The case ends when that is final; should a reorganisation take it away, the bill is due again.</summary>
    public async Task<bool> IsPenalisedAsync(CaseRow row, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(row);
        var penalties = (await db.Penalties.AsNoTracking().Where(p => p.IsShown && p.Offender == row.Offender).ToListAsync(cancellationToken)).FindAll(p => Penalises(p, row));
        if (penalties.Find(p => p.IsFinal) is { } final)
        {
            End(row, final);
        }

        return penalties.Count > 0;
    }

    private bool Penalises(PenaltyRow penalty, CaseRow row) => row.Convicting(chain.Market).Any(h => h == penalty.Evidence || h == penalty.Other);

    private void End(CaseRow row, PenaltyRow penalty)
    {
        (row.State, row.TransactionHash) = (CaseState.Penalised, penalty.TransactionHash);
        if (penalty.Accuser != account.Address)
        {
            row.Sentence = $"{row.Sentence} {penalty.Accuser} filed it first.";
        }
    }
}
