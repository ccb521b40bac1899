using System.Collections.Immutable;
using System.Security.Cryptography;
using Ethereum;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Members;
using Workers.Hosting.Messaging;

namespace Workers.Penalties.Ratings;

/// <summary>Asks an agency about all members, and about some of them once more: one that makes its answers up contradicts itself.</summary>
public sealed class AskAgencyHandler(PenaltiesDb db, ConductChain chain, EnvelopeClient envelopes, IOptions<RatingOptions> options, TimeProvider clock) : IHandler<AskAgency>
{
    internal const string Late = "it did not answer in time";

    /// <inheritdoc/>
    public async Task HandleAsync(AskAgency message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        var agency = Address.Parse(message.Agency);
        if (await db.Rounds.AsNoTracking().SingleOrDefaultAsync(r => r.Round == message.Round && r.State == RoundState.Asking, cancellationToken) is not { } round
            || await db.RoundAgencies.FindAsync([message.Round, agency], cancellationToken) is not { IsDone: false } row)
        {
            return;
        }

        row.Problem = await AskAsync(round, agency, cancellationToken);
        row.IsDone = true;
        db.Publish(new ComputeRound(round.Round));
    }

    /// <returns>Why the agency is left out, as the end of a sentence.</returns>
    private async Task<string?> AskAsync(RoundRow round, Address agency, CancellationToken cancellationToken)
    {
        var left = round.AskUntil - clock.GetUtcNow();
        if (left <= TimeSpan.Zero)
        {
            return Late;
        }

        if (options.Value.Agencies.FirstOrDefault(a => Address.Parse(a.Key) == agency) is not { Value: { } listed })
        {
            return "it is not listed any more";
        }

        using var late = new CancellationTokenSource(left, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        var again = left < options.Value.AskAgain ? left : options.Value.AskAgain;
        try
        {
            var batches = (await db.MembersAtAsync(round.BlockNumber, cancellationToken)).Chunk(CreditQuery.MaxMembers).ToList();
            batches.Add(batches[RandomNumberGenerator.GetInt32(batches.Count)]);
            var answers = new Dictionary<Hash32, byte[]>();
            foreach (var batch in batches)
            {
                using var reply = await envelopes.SendAsync(listed.ToEntry(agency.ToString()), CreditQuery.Kind, MemberJson.Write(new CreditQuery([.. batch])), either.Token);
                var answer = MemberJson.Read<CreditAnswer>(reply.Reveal());
                var now = clock.GetUtcNow();
                if (RatingRules.Problem(answer, agency, listed, chain.Market, RatingRules.StartOf(round.Round, options.Value.Round), now + options.Value.ClockTolerance, out var isTooEarly) is { } problem)
                {
                    return isTooEarly ? throw new TooEarlyException($"{listed.Name}: {problem}; it is asked again", again) : problem;
                }

                if (!answer.Ratings.Select(r => r.Member).SequenceEqual(batch))
                {
                    return "its answer is not about the members that it was asked about";
                }

                var body = MemberJson.Write(answer);
                answers[Keccak256.Hash(body)] = body;
            }

            await KeepAsync(round.Round, agency, answers, cancellationToken);
            return null;
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return Late;
        }
        catch (EnvelopeException e) when (e.Fault == EnvelopeFault.Unavailable)
        {
            throw new TooEarlyException($"{e.Message} {listed.Name} is asked again", again);
        }
        catch (EnvelopeException e)
        {
            return $"it cannot be asked ({e.Message.TrimEnd('.')})";
        }
        catch (FormatException e)
        {
            return $"what it answered cannot be read ({e.Message.TrimEnd('.')})";
        }
    }

    private async Task KeepAsync(long round, Address agency, Dictionary<Hash32, byte[]> answers, CancellationToken cancellationToken)
    {
        var known = (await db.CreditAnswers.Where(a => a.Round == round && a.Agency == agency).Select(a => a.Id).ToListAsync(cancellationToken)).ToHashSet();
        db.CreditAnswers.AddRange(answers.Where(a => !known.Contains(a.Key)).Select(a => new CreditAnswerRow { Round = round, Id = a.Key, Agency = agency, Body = a.Value }));
    }
}
