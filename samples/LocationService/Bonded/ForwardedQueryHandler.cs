using System.Security.Cryptography;
using ContentStore;
using Ethereum;
using Ethereum.Contracts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Members;
using Workers.Hosting.Queries;
using Workers.Hosting.Transactions;

namespace LocationService.Bonded;

/// <summary>
/// Answers queries that collaborators forward, once each, when their bond is final: the result is kept, put where the querier can fetch it, and its hash is brought to the chain; nobody gets it before that is
/// there, since a collaborator could decline first. Two different forwards of one collaborator for one query or one payload are evidence.
/// </summary>
public sealed class ForwardedQueryHandler(
    LocationServiceDb db, ConductChain conduct, QueryChain queries, PlaceFinder finder, IContentStore content, EnvelopeIdentity identity, IOptions<EnvelopeOptions> envelopes,
    IOptions<LocationServiceOptions> options, TimeProvider clock) : IEnvelopeHandler
{
    /// <summary>Of several at once one is saved, and the others find it.</summary>
    private const int Attempts = 4;

    private static readonly EnvelopeAnswer NotYet = EnvelopeAnswer.Of(MemberJson.Write(new QueryReply(Result: null)));

    /// <inheritdoc/>
    public async Task<EnvelopeAnswer> HandleAsync(OpenedEnvelope envelope, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        ForwardedQuery asked;
        try
        {
            asked = MemberJson.Read<ForwardedQuery>(envelope.Body.Reveal());
        }
        catch (FormatException e)
        {
            return EnvelopeAnswer.Refuse(e.Message);
        }

        var forward = asked.Forward;
        if (forward.Collaborator != envelope.Header.From || forward.Service != identity.Account || forward.Payload != new Hash32(SHA256.HashData(asked.Payload))
            || !Statements.Of(conduct.Market, forward).IsSignedBy(forward.Collaborator, asked.Signature))
        {
            return EnvelopeAnswer.Refuse("The forward is not signed by the member that sends it, for this service and this payload, in this market.");
        }

        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            try
            {
                return await AnswerAsync(asked, cancellationToken);
            }
            catch (DbUpdateException)
            {
                // The same query, or the same payload, was forwarded at the same moment.
                db.ChangeTracker.Clear();
            }
        }

        return NotYet;
    }

    private async Task<EnvelopeAnswer> AnswerAsync(ForwardedQuery asked, CancellationToken cancellationToken)
    {
        var forward = asked.Forward;
        if (await db.Answers.AsNoTracking().SingleOrDefaultAsync(a => a.Query == forward.Query && a.Payload == forward.Payload, cancellationToken) is { } answered
            && await db.Forwards.AnyAsync(f => f.Collaborator == forward.Collaborator && f.Query == forward.Query && f.Payload == forward.Payload, cancellationToken))
        {
            return await queries.FindAsync(forward.Query, cancellationToken) switch
            {
                { State: TaskState.Answered or TaskState.Settled } => Reply(answered.Sealed),
                { State: TaskState.Declined or TaskState.Expired } over => EnvelopeAnswer.Refuse($"The query has ended without an answer: it is {over.State}."),
                _ => NotYet,
            };
        }

        // What is not bonded, or not yet as far as is known here, is not kept: a bond is what keeps anybody from filling the database.
        if (await queries.FindAsync(forward.Query, cancellationToken) is not { } task)
        {
            return NotYet;
        }

        if (task.Collaborator != forward.Collaborator || task.Service != forward.Service)
        {
            return EnvelopeAnswer.Refuse("The query is bonded for another collaborator or another service.");
        }

        if (!await KeepAsync(asked, cancellationToken))
        {
            return EnvelopeAnswer.Refuse("You have forwarded this query with another payload, or this payload for another query.");
        }

        if (task.State != TaskState.Bonded)
        {
            return EnvelopeAnswer.Refuse($"The query is not waiting for an answer: it is {task.State}.");
        }

        if (!await queries.IsBondFinalAsync(task, cancellationToken))
        {
            return NotYet;
        }

        if (await queries.StateAsync(forward.Query, cancellationToken) is not TaskState.Bonded and var state)
        {
            return EnvelopeAnswer.Refuse($"The query is not waiting for an answer: it is {state}.");
        }

        return await queries.TimeAsync(cancellationToken) + options.Value.AnswerMargin > DateTimeOffset.FromUnixTimeSeconds(task.AnswerBy)
            ? EnvelopeAnswer.Refuse("It is too late: the answer might not be on the chain in time.")
            : await ComputeAsync(asked, cancellationToken);
    }

    /// <returns>False when the collaborator signed another one before that this one contradicts.</returns>
    private async Task<bool> KeepAsync(ForwardedQuery asked, CancellationToken cancellationToken)
    {
        var (forward, signature) = (asked.Forward, asked.Signature);
        var kept = await db.Forwards.AsNoTracking().Where(f => f.Collaborator == forward.Collaborator && (f.Query == forward.Query || f.Payload == forward.Payload)).ToListAsync(cancellationToken);
        if (kept.Find(f => f.Query != forward.Query || f.Payload != forward.Payload) is not { } other)
        {
            if (kept.Count == 0)
            {
                db.Forwards.Add(new ForwardRow { Collaborator = forward.Collaborator, Query = forward.Query, Payload = forward.Payload, Signature = signature });
                await db.SaveChangesAsync(cancellationToken);
            }

            return true;
        }

        if (!await db.Findings.AnyAsync(f => f.Collaborator == other.Collaborator && f.Query == other.Query, cancellationToken))
        {
            Evidence evidence = new DoubleClaimEvidence(
                new SignedForward(new Conduct.Forward(other.Collaborator, identity.Account, other.Query, other.Payload), other.Signature), new SignedForward(forward, signature));
            db.Findings.Add(new FindingRow { Collaborator = other.Collaborator, Query = other.Query, Evidence = MemberJson.Write(evidence), At = clock.GetUtcNow() });
            db.Publish(new ReportFinding(other.Collaborator.ToString(), other.Query.ToString()));
            await db.SaveChangesAsync(cancellationToken);
        }

        return false;
    }

    private async Task<EnvelopeAnswer> ComputeAsync(ForwardedQuery asked, CancellationToken cancellationToken)
    {
        var (query, market) = (asked.Forward.Query, queries.Market);
        byte[] result;
        try
        {
            var (payload, question) = QueryPayload.Open(market, query, identity.Account, identity.KeyPair, asked.Payload);
            if (finder.Find(question, Math.Min(QueryReply.MostBytes(envelopes.Value.MaxBody), SealedResult.MaxBytes) - Hpke.Overhead, cancellationToken) is not { } found)
            {
                return EnvelopeAnswer.Refuse(PlaceFinder.TooLong);
            }

            result = SealedResult.Seal(market, query, identity.Account, payload.ReplyKey, found);
        }
        catch (Exception e) when (e is FormatException or HpkeException)
        {
            return EnvelopeAnswer.Refuse(e.Message);
        }

        // Where it lies before the chain says so.
        using var stream = new MemoryStream(result, writable: false);
        await content.PutAsync(stream, cancellationToken);
        db.Answers.Add(new AnswerRow { Query = query, Payload = asked.Forward.Payload, Sealed = result, At = clock.GetUtcNow() });
        await db.SubmitAsync($"answer/{query}", identity.Account, queries.Contract, new Collaboration.AnswerCall(query, new Hash32(SHA256.HashData(result))).Encode(), cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        return NotYet;
    }

    private static EnvelopeAnswer Reply(byte[] result) => EnvelopeAnswer.Of(MemberJson.Write(new QueryReply(result)));
}
