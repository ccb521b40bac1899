using Ethereum;
using Ethereum.Contracts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Hosting.Members;
using Workers.Hosting.Messaging;
using Workers.Hosting.Transactions;

namespace Workers.Penalties.Ratings;

/// <summary>Begins rounds, wakes those that are due, and ends those that are over.</summary>
public sealed class SweepRoundsHandler(PenaltiesDb db, ConductChain chain, MainAccount account, IOptions<RatingOptions> options, TimeProvider clock) : IHandler<SweepRounds>
{
    /// <inheritdoc/>
    public async Task HandleAsync(SweepRounds message, CancellationToken cancellationToken)
    {
        if (options.Value.Agencies.Count == 0)
        {
            return;
        }

        var now = clock.GetUtcNow();
        var current = RatingRules.RoundOf(now, options.Value.Round);
        var open = await db.Rounds.Where(r => r.State == RoundState.Asking || r.State == RoundState.Computed || r.State == RoundState.Sent).ToListAsync(cancellationToken);
        foreach (var row in open.Where(r => r.State != RoundState.Sent))
        {
            if (row.Round < current)
            {
                await EndAsync(row, cancellationToken);
            }
            else if (row.State == RoundState.Computed)
            {
                db.Publish(new AttestRound(row.Round));
            }
            else if (row.AskUntil <= now)
            {
                db.Publish(new ComputeRound(row.Round));
            }
        }

        // An attestation names its number, so one that is under way comes first.
        if (!open.Exists(r => r.State == RoundState.Sent) && !await db.Rounds.AnyAsync(r => r.Round >= current, cancellationToken))
        {
            await BeginAsync(current, now, cancellationToken);
        }
    }

    private async Task BeginAsync(long round, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var chainId = (long)chain.ChainId;
        if (await db.Finality.AsNoTracking().SingleOrDefaultAsync(f => f.ChainId == chainId, cancellationToken) is not { } final
            || await chain.TimeOfAsync(final.BlockNumber, cancellationToken) < RatingRules.StartOf(round - 1, options.Value.Round)
            || !(await chain.ReadAsync(chain.Contract, new Conduct.AttestorsCall(), cancellationToken)).Accounts.Contains(account.Address)
            || (await db.MembersAtAsync(final.BlockNumber, cancellationToken)).Count == 0)
        {
            // What the chain says is not all here yet, or this house does not attest, or there is nobody.
            return;
        }

        db.Rounds.Add(new RoundRow { Round = round, BlockNumber = final.BlockNumber, BlockHash = final.BlockHash, StartedAt = now, AskUntil = now + options.Value.AskingTime });
        foreach (var agency in options.Value.Agencies.Keys.Select(a => Address.Parse(a)))
        {
            db.RoundAgencies.Add(new AgencyRow { Round = round, Agency = agency });
            db.Publish(new AskAgency(round, agency.ToString()));
        }

        foreach (var epoch in await db.Epochs.AsNoTracking().Where(e => e.IsSettled && e.Counted == null && e.Problem == null).Select(e => e.Epoch).ToListAsync(cancellationToken))
        {
            db.Publish(new CountEpoch(epoch));
        }

        var kept = round - options.Value.KeptRounds;
        await db.CreditAnswers.Where(a => a.Round < kept).ExecuteDeleteAsync(cancellationToken);
    }

    private async Task EndAsync(RoundRow row, CancellationToken cancellationToken)
    {
        var latest = await chain.LatestAttestationAsync(cancellationToken);
        (row.State, row.Report) = RatingRules.RoundOf(DateTimeOffset.FromUnixTimeSeconds((long)latest.Attested.Time), options.Value.Round) >= row.Round
            ? (RoundState.Attested, $"{row.Report} Another house attested.".TrimStart())
            : (RoundState.Failed, $"{row.Report} The round was over before it was attested.".TrimStart());
    }
}
