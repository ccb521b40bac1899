using Ethereum;
using Ethereum.Contracts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Hosting.Chain;
using Workers.Hosting.Members;
using Workers.Hosting.Transactions;

namespace Workers.Penalties.Verdicts;

/// <summary>Comes to verdicts by what is final here.</summary>
public sealed class Docket(PenaltiesDb db, ConductChain chain, MainAccount account, IOptions<ChainOptions> contracts, IOptions<VerdictOptions> options)
{
    private const int AtOnce = 500;

    /// <summary>The attestors, how many of them have to sign, and where this house stands among them: −1 when it is none.</summary>
    public async Task<(Address[] Accounts, int Threshold, int Own)> AttestorsAsync(CancellationToken cancellationToken)
    {
        var (accounts, threshold, _) = await chain.ReadAsync(chain.Contract, new Conduct.AttestorsCall(), cancellationToken);
        return (accounts, threshold, Array.IndexOf(accounts, account.Address));
    }

    /// <summary>Dates the events that have become final, in the chain's order. The caller saves.</summary>
    /// <returns>Whom they speak against.</returns>
    public async Task<IReadOnlyList<(Offence Offence, Address Offender)>> DateAsync(CancellationToken cancellationToken)
    {
        var rows = await db.Misdeeds.Where(m => m.IsShown && m.Time == null).OrderBy(m => m.BlockNumber).ThenBy(m => m.LogIndex).Take(AtOnce).ToListAsync(cancellationToken);
        var times = new Dictionary<(long Number, string Hash), long?>();
        foreach (var row in rows)
        {
            var since = row.SinceBlock == 0 ? 0 : await TimeOfAsync(row.SinceBlock, row.SinceHash);
            (row.Since, row.Time) = (since ?? 0, since is null ? null : await TimeOfAsync(row.BlockNumber, row.BlockHash));
        }

        return [.. rows.Where(r => r.Time is not null).Select(r => (r.Offence, r.Offender)).Distinct()];

        async Task<long?> TimeOfAsync(long number, string hash)
        {
            if (!times.TryGetValue((number, hash), out var time))
            {
                time = await chain.IsFinalAsync(number, hash, cancellationToken) ? (await chain.TimeOfAsync(number, cancellationToken)).ToUnixTimeSeconds() : null;
                times.Add((number, hash), time);
            }

            return time;
        }
    }

    /// <summary>The verdicts on an account, by the events that are dated.</summary>
    public async Task<IReadOnlyList<Verdict>> JudgeAsync(Offence offence, Address offender, CancellationToken cancellationToken)
    {
        // The contract takes nothing older. Whole windows, so that every house counts from the same event.
        var oldest = (await chain.TimeAsync(cancellationToken)).ToUnixTimeSeconds() - (long)(await chain.RulesAsync(cancellationToken)).Keeping;
        oldest -= oldest % (long)options.Value.Window.TotalSeconds;
        var rows = await db.Misdeeds.AsNoTracking().Where(m => m.IsShown && m.Offence == offence && m.Offender == offender && m.Time >= oldest).OrderBy(m => m.BlockNumber).ThenBy(m => m.LogIndex).ToListAsync(cancellationToken);
        var misdeeds = rows.Where(r => VerdictPolicy.Counts(r, options.Value))
            .Select(r => new Misdeed(r.Subject, Hash32.Parse(r.BlockHash), Hash32.Parse(r.TransactionHash), (uint)r.LogIndex, (ulong)r.Time!)).ToList();
        return VerdictPolicy.Judge(offence, offender, contracts.Value.Contract(ContractOf(offence)), chain.ChainId, misdeeds, options.Value);
    }

    private static string ContractOf(Offence offence) => offence switch
    {
        Offence.MissingReview => "TradingSessions",
        Offence.Equivocation => "PrivacyOracle",
        Offence.UnansweredTrade => "DataTrades",
        _ => "Collaboration",
    };
}
