using System.Security.Cryptography;
using Ethereum;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Members;
using Workers.Hosting.Messaging;
using Workers.Penalties.Ratings;

namespace Workers.Penalties.Attesting;

/// <summary>Ask another attestor for its signature.</summary>
public sealed record AskSignature(long Round, string Attestor);

/// <summary>Asks another attestor to sign, tells it what it lacks, and learns from it what this house lacks.</summary>
public sealed class AskSignatureHandler(
    PenaltiesDb db, ConductChain chain, RoundComputation computation, EnvelopeClient envelopes, IOptions<RatingOptions> ratings, IOptions<AttestingOptions> options, TimeProvider clock) : IHandler<AskSignature>
{
    /// <inheritdoc/>
    public async Task HandleAsync(AskSignature message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        var attestor = Address.Parse(message.Attestor);
        if (await db.Rounds.FindAsync([message.Round], cancellationToken) is not { State: RoundState.Computed } round
            || options.Value.Houses.FirstOrDefault(h => Address.Parse(h.Key) == attestor) is not { Key: not null } listed)
        {
            return;
        }

        var document = StandingsDocument.Read(round.Document);
        var content = new Hash32(SHA256.HashData(round.Document!));
        var number = (await chain.LatestAttestationAsync(cancellationToken)).Attested.Number + 1;
        var data = Statements.Attestation(chain.Market, document.Root, (uint)document.Standings.Count, document.Least, content, number);
        var row = await db.RoundSignatures.FindAsync([message.Round, attestor], cancellationToken) ?? db.RoundSignatures.Add(new SignatureRow { Round = message.Round, Attestor = attestor }).Entity;
        if (row.Signature is not null && row.Digest == data.Hash())
        {
            return;
        }

        (row.Digest, row.Signature) = (data.Hash(), null);
        var answers = await computation.AnswersAsync(round.Round, cancellationToken);
        var (epochs, _) = await db.ZonesAtAsync(round.BlockNumber, cancellationToken);
        var request = new AttestRequest(
            round.Round, round.BlockNumber, Hash32.Parse(round.BlockHash), [.. epochs], [.. answers.Keys], number, document.Root, (uint)document.Standings.Count, document.Least, content);
        try
        {
            var reply = await AskAsync(listed.Value.ToEntry(listed.Key), request, answers, cancellationToken);
            row.Problem = reply.Problem is { } problem ? EnvelopeClient.Sentence(problem) : null;
            if (reply.Signature is { } signature)
            {
                var isSigned = data.IsSignedBy(attestor, signature);
                (row.Signature, row.Problem) = (isSigned ? signature : null, isSigned ? null : "What it sent is not its signature.");
            }

            await LearnAsync(round, reply, cancellationToken);
        }
        catch (EnvelopeException e)
        {
            row.Problem = e.Message;
        }
        catch (FormatException e)
        {
            row.Problem = $"What it answered cannot be read: {e.Message}";
        }

        if (row.Signature is not null)
        {
            db.Publish(new AttestRound(round.Round));
        }
    }

    private async Task<AttestReply> AskAsync(MemberEntry peer, AttestRequest request, IReadOnlyDictionary<Hash32, CreditAnswer> answers, CancellationToken cancellationToken)
    {
        var body = MemberJson.Write(request);
        var reply = await OnceAsync();
        if (reply.Missing.IsDefaultOrEmpty)
        {
            return reply;
        }

        foreach (var missing in reply.Missing.Distinct().Where(answers.ContainsKey))
        {
            using var kept = await envelopes.SendAsync(peer, CreditAnswerHandler.Kind, MemberJson.Write(answers[missing]), cancellationToken);
        }

        return await OnceAsync();

        async Task<AttestReply> OnceAsync()
        {
            using var answer = await envelopes.SendAsync(peer, AttestRequest.Kind, body, cancellationToken);
            return MemberJson.Read<AttestReply>(answer.Reveal());
        }
    }

    /// <summary>What agencies signed elsewhere counts here too: the standings are computed again.</summary>
    private async Task LearnAsync(RoundRow round, AttestReply reply, CancellationToken cancellationToken)
    {
        if (reply.Others.IsDefaultOrEmpty)
        {
            return;
        }

        foreach (var other in reply.Others.Where(o => o is not null).Take(AttestStandingsHandler.MostOthers))
        {
            await computation.KeepAsync(round.Round, other, chain.Market, clock.GetUtcNow() + ratings.Value.ClockTolerance, cancellationToken);
        }

        if (db.ChangeTracker.Entries<CreditAnswerRow>().Any(e => e.State == EntityState.Added))
        {
            round.State = RoundState.Asking;
            db.Publish(new ComputeRound(round.Round));
        }
    }
}
