using Ethereum;
using Ethereum.Contracts;
using Ethereum.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Members;
using Workers.Hosting.Messaging;
using Workers.Hosting.Transactions;
using Workers.Penalties.Attesting;
using Workers.Penalties.Filing;

namespace Workers.Penalties.Verdicts;

/// <summary>Dates what has become final, and has whom it speaks against judged. Only attestors' verdicts count.</summary>
public sealed class SweepVerdictsHandler(PenaltiesDb db, Docket docket) : IHandler<SweepVerdicts>
{
    /// <inheritdoc/>
    public async Task HandleAsync(SweepVerdicts message, CancellationToken cancellationToken)
    {
        if (!await db.Misdeeds.AnyAsync(m => m.IsShown && m.Time == null, cancellationToken) || (await docket.AttestorsAsync(cancellationToken)).Own < 0)
        {
            return;
        }

        foreach (var (offence, offender) in await docket.DateAsync(cancellationToken))
        {
            db.Publish(new JudgeAccount(offence, offender.ToString()));
        }
    }
}

/// <summary>Opens a case for every verdict on an account.</summary>
public sealed class JudgeAccountHandler(PenaltiesDb db, Docket docket, IOptions<FilingOptions> options, TimeProvider clock) : IHandler<JudgeAccount>
{
    /// <inheritdoc/>
    public async Task HandleAsync(JudgeAccount message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        var now = clock.GetUtcNow();
        foreach (var verdict in await docket.JudgeAsync(message.Offence, Address.Parse(message.Account), cancellationToken))
        {
            var id = CaseRow.IdOf(verdict.Offence, VerdictPolicy.ConvictionOf(verdict));
            if (await db.Cases.FindAsync([id], cancellationToken) is not { } row)
            {
                row = db.Cases.Add(new CaseRow
                {
                    Id = id,
                    Evidence = MemberJson.Write(verdict),
                    Offence = verdict.Offence,
                    Offender = verdict.Offender,
                    FoundBy = "the chain",
                    FoundAt = now,
                    LookedAt = now,
                    State = CaseState.Dismissed,
                }).Entity;
            }

            // Also what was dismissed, if the events show it again.
            if (row.State == CaseState.Dismissed)
            {
                (row.State, row.Due, row.Sentence) = (CaseState.Waiting, now + options.Value.Grace, VerdictPolicy.Sentence(verdict));
            }
        }
    }
}

/// <summary>Sends a verdict once enough attestors have signed it.</summary>
public sealed class PassVerdictHandler(PenaltiesDb db, ConductChain chain, PenaltyWatch penalties, Docket docket, MainAccount account, IOptions<AttestingOptions> options, TimeProvider clock) : IHandler<PassVerdict>
{
    /// <summary>Who has not answered by then is asked once more, whatever became of the question.</summary>
    private static readonly TimeSpan AskAgain = TimeSpan.FromMinutes(10);

    /// <inheritdoc/>
    public async Task HandleAsync(PassVerdict message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (await db.Cases.FindAsync([Hash32.Parse(message.Case)], cancellationToken) is not { State: CaseState.Waiting } row || row.Due > clock.GetUtcNow())
        {
            return;
        }

        if (await penalties.IsPenalisedAsync(row, cancellationToken))
        {
            return;
        }

        var verdict = MemberJson.Read<Verdict>(row.Evidence);
        var (attestors, threshold, own) = await docket.AttestorsAsync(cancellationToken);
        if (own < 0)
        {
            (row.State, row.Sentence) = (CaseState.Dismissed, $"This house is no attestor, and others judge it. {row.Sentence}");
            return;
        }

        var keeping = TimeSpan.FromSeconds((await chain.RulesAsync(cancellationToken)).Keeping);
        if (FilingPolicy.IsTooOld(await chain.TimeAsync(cancellationToken) - DateTimeOffset.FromUnixTimeSeconds((long)verdict.CommittedAt), keeping))
        {
            (row.State, row.Sentence) = (CaseState.Dismissed, $"It comes too late: the contract takes nothing that is older than {keeping.TotalHours:0.#} hours. {row.Sentence}");
            return;
        }

        if ((await chain.MemberAsync(verdict.Offender, cancellationToken)).LockedUntil == ulong.MaxValue)
        {
            (row.State, row.Sentence) = (CaseState.Dismissed, $"It is locked for ever already. {row.Sentence}");
            return;
        }

        // An excuse, or an event in between, may have come after the case was opened.
        if (!(await docket.JudgeAsync(verdict.Offence, verdict.Offender, cancellationToken)).Any(v => v.Evidence == verdict.Evidence && v.CommittedAt == verdict.CommittedAt))
        {
            (row.State, row.Sentence) = (CaseState.Dismissed, $"The events that are final here do not show it any more. {row.Sentence}");
            return;
        }

        // Each verdict is another attestor's to send, and after a while of silence the next one's.
        if (clock.GetUtcNow() < row.Due + (VerdictPolicy.TurnOf(verdict.Evidence, own, attestors.Length) * options.Value.Patience))
        {
            return;
        }

        var data = DataOf(chain.Market, verdict);
        var signatures = (await db.VerdictSignatures.AsNoTracking().Where(s => s.Case == row.Id && s.Signature != null).ToListAsync(cancellationToken))
            .Where(s => attestors.Contains(s.Attestor)).ToDictionary(s => s.Attestor, s => s.Signature!);
        signatures[account.Address] = PersonalMessage.ToBytes(await account.Signer.SignTypedDataAsync(data, cancellationToken));
        if (signatures.Count < threshold)
        {
            await AskAsync(row.Id, attestors.Where(a => !signatures.ContainsKey(a)), cancellationToken);
            return;
        }

        var call = new Conduct.PenaliseCall(
            verdict.Offender, (byte)verdict.Offence, verdict.Evidence, verdict.CommittedAt, [.. signatures.OrderBy(s => s.Key.ToTopic()).Take(threshold).Select(s => s.Value)]);
        await db.SubmitAgainAsync(FileCaseHandler.Key(row.Id), account.Address, chain.Contract, call.Encode(), cancellationToken);
        row.State = CaseState.Filed;
    }

    /// <summary>Nobody is asked a second time while it is being asked: a house may answer slowly, and every look at the case would ask once more.</summary>
    private async Task AskAsync(Hash32 id, IEnumerable<Address> others, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        foreach (var other in others)
        {
            var said = await db.VerdictSignatures.FindAsync([id, other], cancellationToken) ?? db.VerdictSignatures.Add(new VerdictSignatureRow { Case = id, Attestor = other }).Entity;
            if (said.AskedAt is null || now - said.AskedAt > AskAgain)
            {
                said.AskedAt = now;
                db.Publish(new AskVerdict(id.ToString(), other.ToString()));
            }
        }
    }

    /// <summary>What attestors sign.</summary>
    internal static TypedData DataOf(ConductReference market, Verdict verdict) => Statements.Verdict(market, verdict.Offender, verdict.Offence, verdict.Evidence, verdict.CommittedAt);
}

/// <summary>Asks another attestor to sign a verdict.</summary>
public sealed class AskVerdictHandler(PenaltiesDb db, ConductChain chain, EnvelopeClient envelopes, IOptions<AttestingOptions> options) : IHandler<AskVerdict>
{
    /// <inheritdoc/>
    public async Task HandleAsync(AskVerdict message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        var (id, attestor) = (Hash32.Parse(message.Case), Address.Parse(message.Attestor));
        if (await db.Cases.FindAsync([id], cancellationToken) is not { State: CaseState.Waiting } row)
        {
            return;
        }

        var said = await db.VerdictSignatures.FindAsync([id, attestor], cancellationToken) ?? db.VerdictSignatures.Add(new VerdictSignatureRow { Case = id, Attestor = attestor }).Entity;
        said.AskedAt = null;
        if (said.Signature is not null)
        {
            return;
        }

        if (options.Value.Houses.FirstOrDefault(h => Address.Parse(h.Key) == attestor) is not { Key: not null } listed)
        {
            said.Problem = "It cannot be asked: Attesting:Houses does not list it.";
            return;
        }

        try
        {
            using var reply = await envelopes.SendAsync(listed.Value.ToEntry(listed.Key), SignVerdictHandler.Kind, row.Evidence, cancellationToken);
            var signature = MemberJson.Read<VerdictReply>(reply.Reveal()).Signature;
            var isSigned = PassVerdictHandler.DataOf(chain.Market, MemberJson.Read<Verdict>(row.Evidence)).IsSignedBy(attestor, signature);
            (said.Signature, said.Problem) = (isSigned ? signature : null, isSigned ? null : "What it sent is not its signature.");
        }
        catch (Exception e) when (e is EnvelopeException or FormatException)
        {
            said.Problem = e.Message;
        }

        if (said.Signature is not null)
        {
            db.Publish(new PassVerdict(message.Case));
        }
    }
}

/// <summary>An attestor's signature of a verdict.</summary>
public sealed record VerdictReply(byte[] Signature);

/// <summary>Signs another attestor's verdict when this house, by the events that are final here, comes to the very same.</summary>
public sealed class SignVerdictHandler(PenaltiesDb db, ConductChain chain, Docket docket, MainAccount account) : IEnvelopeHandler
{
    /// <summary>The envelope's kind; the body is a <see cref="Verdict"/>.</summary>
    public const string Kind = "attest-verdict";

    /// <inheritdoc/>
    public async Task<EnvelopeAnswer> HandleAsync(OpenedEnvelope envelope, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        var (attestors, _, own) = await docket.AttestorsAsync(cancellationToken);
        if (own < 0 || !attestors.Contains(envelope.Header.From))
        {
            return EnvelopeAnswer.Refuse("Attestors of this market ask each other.");
        }

        Verdict asked;
        try
        {
            asked = MemberJson.Read<Verdict>(envelope.Body.Reveal());
        }
        catch (FormatException e)
        {
            return EnvelopeAnswer.Refuse(e.Message);
        }

        if (asked.Offence < Offence.MissingReview)
        {
            return EnvelopeAnswer.Refuse("Of that offence the contract judges itself.");
        }

        var verdicts = await docket.JudgeAsync(asked.Offence, asked.Offender, cancellationToken);
        if (verdicts.FirstOrDefault(v => v.Evidence == asked.Evidence && v.CommittedAt == asked.CommittedAt) is not { } verdict)
        {
            return EnvelopeAnswer.Refuse("The events that are final here do not show it.");
        }

        if (await db.Cases.FindAsync([CaseRow.IdOf(verdict.Offence, VerdictPolicy.ConvictionOf(verdict))], cancellationToken) is { State: CaseState.Held or CaseState.Withdrawn })
        {
            return EnvelopeAnswer.Refuse("An operator of this house does not want it sent.");
        }

        var signature = PersonalMessage.ToBytes(await account.Signer.SignTypedDataAsync(PassVerdictHandler.DataOf(chain.Market, verdict), cancellationToken));
        return EnvelopeAnswer.Of(MemberJson.Write(new VerdictReply(signature)));
    }
}
