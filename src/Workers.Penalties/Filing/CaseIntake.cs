using Ethereum;
using Ethereum.Contracts;
using Microsoft.Extensions.Options;
using Workers.Hosting.Members;
using Workers.Hosting.Transactions;

namespace Workers.Penalties.Filing;

/// <summary>Takes evidence from wherever it comes, and asks what a decision needs.</summary>
public sealed class CaseIntake(PenaltiesDb db, ConductChain chain, MainAccount account, IOptions<FilingOptions> options, TimeProvider clock)
{
    /// <summary>Opens a case, or finds the one that there is. The caller saves.</summary>
    /// <param name="utf8">Evidence as JSON; hostile until it is checked.</param>
    /// <param name="foundBy">For people.</param>
    /// <exception cref="FormatException">It is no evidence.</exception>
    public async Task<CaseRow> OpenAsync(ReadOnlyMemory<byte> utf8, string foundBy, DateTimeOffset foundAt, CancellationToken cancellationToken)
    {
        if (utf8.Length > options.Value.MaxEvidence)
        {
            throw new FormatException($"It has {utf8.Length} bytes, and {options.Value.MaxEvidence} are allowed.");
        }

        // What the contract would convict for once is one case. What shows nothing must not stand in the way of what does, so it is known by its text, written again for white space to make no difference.
        var evidence = MemberJson.Read<Evidence>(utf8.Span);
        var bytes = MemberJson.Write(evidence);
        var known = await KnowledgeAsync(evidence, cancellationToken);
        var id = known.Holds ? CaseRow.IdOf(evidence.Offence, evidence.Subject(chain.Market)) : Keccak256.Hash(bytes);
        if (await db.Cases.FindAsync([id], cancellationToken) is { } there)
        {
            return there;
        }

        var (state, sentence) = FilingPolicy.Decide(evidence, known);
        return db.Cases.Add(new CaseRow
        {
            Id = id,
            Evidence = bytes,
            Offence = evidence.Offence,
            Offender = evidence.Offender,
            FoundBy = foundBy,
            FoundAt = foundAt,
            Due = clock.GetUtcNow() + options.Value.Grace,
            LookedAt = clock.GetUtcNow(),
            State = state == CaseState.Filed ? CaseState.Waiting : state,
            Sentence = sentence,
        }).Entity;
    }

    /// <summary>What a decision needs, at the latest block.</summary>
    public async Task<CaseKnowledge> KnowledgeAsync(Evidence evidence, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        var rules = await chain.RulesAsync(cancellationToken);
        var members = evidence is FalseStandingEvidence claim ? (await chain.ReadAsync(chain.Contract, new Conduct.AttestedCall(claim.Request.Standings), cancellationToken)).Members : 0;
        var measure = new Measure(chain.Market, rules.Speed, rules.Slack, _ => members == 0 ? null : members);
        var now = (await chain.TimeAsync(cancellationToken)).ToUnixTimeSeconds();
        var oldest = evidence.OldestStatement is { } time && time < (ulong)now ? TimeSpan.FromSeconds(now - (long)time) : TimeSpan.Zero;
        var offender = await chain.MemberAsync(evidence.Offender, cancellationToken);
        return new CaseKnowledge(
            evidence.Holds(measure), offender.Subject != Hash32.Zero, offender.LockedUntil == ulong.MaxValue, (await chain.MemberAsync(account.Address, cancellationToken)).Bond, rules.Fine, oldest, TimeSpan.FromSeconds(rules.Keeping));
    }
}
