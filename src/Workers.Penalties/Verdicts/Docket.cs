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
    /// <summary>Of one account's misdeeds the last are looked at; each cost it a bond or a stake.</summary>
    private const int Most = 1_000;

    /// <summary>The attestors, how many of them have to sign, and where this house stands among them: −1 when it is none.</summary>
    public async Task<(Address[] Accounts, int Threshold, int Own)> AttestorsAsync(CancellationToken cancellationToken)
    {
        var (accounts, threshold, _) = await chain.ReadAsync(chain.Contract, new Conduct.AttestorsCall(), cancellationToken);
        return (accounts, threshold, Array.IndexOf(accounts, account.Address));
    }

    /// <summary>The verdicts on an account, by events in final blocks.</summary>
    /// <param name="remember">Whether the caller saves which events were looked at, and opens the cases.</param>
    public async Task<IReadOnlyList<Verdict>> JudgeAsync(Offence offence, Address offender, bool remember, CancellationToken cancellationToken)
    {
        var rows = await (remember ? db.Misdeeds : db.Misdeeds.AsNoTracking()).Where(m => m.IsShown && m.Offence == offence && m.Offender == offender).OrderByDescending(m => m.BlockNumber).ThenByDescending(m => m.LogIndex).Take(Most).ToListAsync(cancellationToken);
        foreach (var row in rows.Where(r => r.Time is null))
        {
            if (await chain.IsFinalAsync(row.BlockNumber, row.BlockHash, cancellationToken))
            {
                row.Time = (await chain.TimeOfAsync(row.BlockNumber, cancellationToken)).ToUnixTimeSeconds();
            }
        }

        // An owner that cancels before its time is over has answered, too.
        var misdeeds = rows.Where(r => r.Time > r.Deadline).Reverse()
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
