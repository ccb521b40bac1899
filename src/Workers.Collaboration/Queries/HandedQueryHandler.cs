using System.Security.Cryptography;
using Ethereum;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Members;
using Workers.Hosting.Queries;
using Contract = Ethereum.Contracts.Collaboration;

namespace Workers.Collaboration.Queries;

/// <summary>Takes the payload of a query that this member agreed to forward, once its bond is final, and gives the result when it is there. One payload for a query and one query for a payload, ever.</summary>
public sealed class HandedQueryHandler(CollaborationDb db, QueryChain queries, IOptions<QueryOptions> options, TimeProvider clock) : IEnvelopeHandler
{
    private const int Attempts = 4, MaxPayload = 32 << 10;

    private static readonly EnvelopeAnswer NotYet = EnvelopeAnswer.Of(MemberJson.Write(new QueryReply(Result: null)));

    /// <inheritdoc/>
    public async Task<EnvelopeAnswer> HandleAsync(OpenedEnvelope envelope, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        HandedQuery handed;
        try
        {
            handed = MemberJson.Read<HandedQuery>(envelope.Body.Reveal());
        }
        catch (FormatException e)
        {
            return EnvelopeAnswer.Refuse(e.Message);
        }

        if (handed.Payload.Length is 0 or > MaxPayload)
        {
            return EnvelopeAnswer.Refuse($"A payload has 1 to {MaxPayload} bytes.");
        }

        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            try
            {
                return await TakeAsync(envelope.Header.From, handed, cancellationToken);
            }
            catch (DbUpdateException)
            {
                // Handed over twice at once, or for two queries.
                db.ChangeTracker.Clear();
            }
        }

        return NotYet;
    }

    private async Task<EnvelopeAnswer> TakeAsync(Address querier, HandedQuery handed, CancellationToken cancellationToken)
    {
        if (await db.Duties.SingleOrDefaultAsync(d => d.Query == handed.Query && d.Querier == querier, cancellationToken) is not { } duty)
        {
            return EnvelopeAnswer.Refuse("This member has not agreed to forward this query for you.");
        }

        var hash = new Hash32(SHA256.HashData(handed.Payload));
        if (duty.PayloadHash is { } known)
        {
            return known != hash ? EnvelopeAnswer.Refuse("Another payload was handed over for this query before.")
                : duty.Result is { } result ? EnvelopeAnswer.Of(MemberJson.Write(new QueryReply(result)))
                : duty.State == DutyState.Ended ? EnvelopeAnswer.Refuse($"There is no result. {duty.Report}")
                : NotYet;
        }

        if (duty.State == DutyState.Ended)
        {
            return EnvelopeAnswer.Refuse($"It is over. {duty.Report}");
        }

        if (await db.Duties.AnyAsync(d => d.PayloadHash == hash, cancellationToken))
        {
            return EnvelopeAnswer.Refuse("This payload was handed over for another query before.");
        }

        if (await queries.FindAsync(handed.Query, cancellationToken) is not { State: TaskState.Bonded } task
            || task.Querier != querier || task.Collaborator != MemberJson.Read<Contract.Terms>(duty.Terms).Collaborator || !await queries.IsBondFinalAsync(task, cancellationToken))
        {
            return NotYet;
        }

        (duty.Payload, duty.PayloadHash, duty.State, duty.NextAt) = (handed.Payload, hash, DutyState.Forwarding, clock.GetUtcNow() + options.Value.Interval);
        db.Publish(new AdvanceDuty(duty.Query.ToString()));
        await db.SaveChangesAsync(cancellationToken);
        return NotYet;
    }
}
