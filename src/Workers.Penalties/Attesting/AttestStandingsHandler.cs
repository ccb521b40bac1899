using System.Security.Cryptography;
using Ethereum;
using Ethereum.Contracts;
using Ethereum.Transactions;
using Microsoft.Extensions.Options;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Members;
using Workers.Hosting.Transactions;
using Workers.Penalties.Ratings;

namespace Workers.Penalties.Attesting;

/// <summary>Signs another attestor's standings when this house, from all that agencies signed, computes the very same.</summary>
public sealed class AttestStandingsHandler(PenaltiesDb db, ConductChain chain, RoundComputation computation, MainAccount account, IOptions<RatingOptions> options, TimeProvider clock) : IEnvelopeHandler
{
    /// <summary>As many have room in an envelope.</summary>
    internal const int MostOthers = 2;

    /// <inheritdoc/>
    public async Task<EnvelopeAnswer> HandleAsync(OpenedEnvelope envelope, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        try
        {
            var (accounts, _, _) = await chain.ReadAsync(chain.Contract, new Conduct.AttestorsCall(), cancellationToken);
            return accounts.Contains(envelope.Header.From) && accounts.Contains(account.Address)
                ? EnvelopeAnswer.Of(MemberJson.Write(await JudgeAsync(MemberJson.Read<AttestRequest>(envelope.Body.Reveal()), cancellationToken)))
                : EnvelopeAnswer.Refuse("Attestors of this market ask each other.");
        }
        catch (FormatException e)
        {
            return EnvelopeAnswer.Refuse(e.Message);
        }
    }

    private async Task<AttestReply> JudgeAsync(AttestRequest request, CancellationToken cancellationToken)
    {
        if (request.Round != RatingRules.RoundOf(clock.GetUtcNow(), options.Value.Round))
        {
            return AttestReply.No($"Round {request.Round} is not the present one.");
        }

        if (request.Number != (await chain.LatestAttestationAsync(cancellationToken)).Attested.Number + 1)
        {
            return AttestReply.No($"{request.Number} is not the next attestation's number.");
        }

        if (request.Block < 0 || !await chain.IsFinalAsync(request.Block, request.BlockHash.ToString(), cancellationToken) || await chain.TimeOfAsync(request.Block, cancellationToken) < RatingRules.StartOf(request.Round - 1, options.Value.Round))
        {
            return AttestReply.No($"Block {request.Block} is not final here, or is older than a round.");
        }

        if (!(await db.ZonesAtAsync(request.Block, cancellationToken)).Epochs.SequenceEqual(request.Epochs))
        {
            return AttestReply.No("The epochs whose bills you counted are not those whose bills are here.");
        }

        var here = await computation.AnswersAsync(request.Round, cancellationToken);
        if (request.Answers.Where(a => !here.ContainsKey(a)).Distinct().ToArray() is { Length: > 0 } missing)
        {
            return AttestReply.No("Some of the answers are not here.") with { Missing = [.. missing] };
        }

        var (own, _) = await computation.ComputeAsync(request.Block, here.Values.ToLookup(a => a.Agency), cancellationToken);
        return own is not null && IsSame(own, request)
            ? new AttestReply(await SignAsync(own, request.Number, cancellationToken), null, [], [])
            : await DifferAsync(request, here, cancellationToken);
    }

    /// <summary>Where what they have is the reason, they are shown what they lack.</summary>
    private async Task<AttestReply> DifferAsync(AttestRequest request, IReadOnlyDictionary<Hash32, CreditAnswer> here, CancellationToken cancellationToken)
    {
        var (theirs, _) = await computation.ComputeAsync(request.Block, request.Answers.Distinct().Select(a => here[a]).ToLookup(a => a.Agency), cancellationToken);
        var named = request.Answers.ToHashSet();
        var said = here.Where(a => named.Contains(a.Key)).SelectMany(a => a.Value.Ratings.Select(r => (a.Value.Agency, r.Member, r.Rating))).ToHashSet();
        var others = here.Where(a => !named.Contains(a.Key) && a.Value.Ratings.Any(r => !said.Contains((a.Value.Agency, r.Member, r.Rating)))).Select(a => a.Value).Take(MostOthers).ToArray();
        return theirs is null || !IsSame(theirs, request)
            ? AttestReply.No("The standings are not what these answers come to.")
            : AttestReply.No("Agencies signed more than you name, and with it the standings are others.") with { Others = [.. others] };
    }

    private static bool IsSame(StandingsDocument document, AttestRequest request) =>
        document.Root == request.Root && document.Standings.Count == request.Members && document.Least == request.Least && new Hash32(SHA256.HashData(document.Write())) == request.Content;

    private async Task<byte[]> SignAsync(StandingsDocument document, ulong number, CancellationToken cancellationToken)
    {
        var data = Statements.Attestation(chain.Market, document.Root, (uint)document.Standings.Count, document.Least, new Hash32(SHA256.HashData(document.Write())), number);
        return PersonalMessage.ToBytes(await account.Signer.SignTypedDataAsync(data, cancellationToken));
    }
}

/// <summary>Takes what an agency signed from another attestor.</summary>
public sealed class CreditAnswerHandler(PenaltiesDb db, ConductChain chain, RoundComputation computation, IOptions<RatingOptions> options, TimeProvider clock) : IEnvelopeHandler
{
    /// <summary>The envelope's kind; the body is a <see cref="CreditAnswer"/>.</summary>
    public const string Kind = "credit-answer";

    /// <inheritdoc/>
    public async Task<EnvelopeAnswer> HandleAsync(OpenedEnvelope envelope, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        try
        {
            if (!(await chain.ReadAsync(chain.Contract, new Conduct.AttestorsCall(), cancellationToken)).Accounts.Contains(envelope.Header.From))
            {
                return EnvelopeAnswer.Refuse("Attestors of this market tell each other.");
            }

            var now = clock.GetUtcNow();
            var answer = MemberJson.Read<CreditAnswer>(envelope.Body.Reveal());
            if (await computation.KeepAsync(RatingRules.RoundOf(now, options.Value.Round), answer, chain.Market, now + options.Value.ClockTolerance, cancellationToken) is { } problem)
            {
                return EnvelopeAnswer.Refuse(problem);
            }

            await db.SaveChangesAsync(cancellationToken);
            return EnvelopeAnswer.Of("kept"u8.ToArray());
        }
        catch (FormatException e)
        {
            return EnvelopeAnswer.Refuse(e.Message);
        }
    }
}
