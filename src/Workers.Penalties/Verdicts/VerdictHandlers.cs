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

/// <summary>Opens cases by what has become final. Only attestors' verdicts count.</summary>
public sealed class SweepVerdictsHandler(PenaltiesDb db, Docket docket, IOptions<FilingOptions> options, TimeProvider clock) : IHandler<SweepVerdicts>
{
    private const int AtOnce = 100;

    /// <inheritdoc/>
    public async Task HandleAsync(SweepVerdicts message, CancellationToken cancellationToken)
    {
        var suspects = await db.Misdeeds.AsNoTracking().Where(m => m.IsShown && m.Time == null).OrderBy(m => m.BlockNumber).Select(m => new { m.Offence, m.Offender }).Take(AtOnce).ToListAsync(cancellationToken);
        if (suspects.Count == 0 || (await docket.AttestorsAsync(cancellationToken)).Own < 0)
        {
            return;
        }

        var now = clock.GetUtcNow();
        foreach (var suspect in suspects.Distinct())
        {
            foreach (var verdict in await docket.JudgeAsync(suspect.Offence, suspect.Offender, remember: true, cancellationToken))
            {
                var id = CaseRow.IdOf(verdict.Offence, VerdictPolicy.ConvictionOf(verdict));
                if (await db.Cases.FindAsync([id], cancellationToken) is null)
                {
                    db.Cases.Add(new CaseRow
                    {
                        Id = id,
                        Evidence = MemberJson.Write(verdict),
                        Offence = verdict.Offence,
                        Offender = verdict.Offender,
                        FoundBy = "the chain",
                        FoundAt = now,
                        Due = now + options.Value.Grace,
                        Sentence = VerdictPolicy.Sentence(verdict),
                    });
                }
            }
        }
    }
}

/// <summary>Sends a verdict once enough attestors have signed it.</summary>
public sealed class PassVerdictHandler(PenaltiesDb db, ConductChain chain, PenaltyWatch penalties, Docket docket, MainAccount account, IOptions<AttestingOptions> options, TimeProvider clock) : IHandler<PassVerdict>
{
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
            foreach (var other in attestors.Where(a => !signatures.ContainsKey(a)))
            {
                db.Publish(new AskVerdict(message.Case, other.ToString()));
            }

            return;
        }

        var call = new Conduct.PenaliseCall(
            verdict.Offender, (byte)verdict.Offence, verdict.Evidence, verdict.CommittedAt, [.. signatures.OrderBy(s => s.Key.ToTopic()).Take(threshold).Select(s => s.Value)]);
        await db.SubmitAgainAsync(FileCaseHandler.Key(row.Id), account.Address, chain.Contract, call.Encode(), cancellationToken);
        row.State = CaseState.Filed;
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

        var verdicts = await docket.JudgeAsync(asked.Offence, asked.Offender, remember: false, cancellationToken);
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
