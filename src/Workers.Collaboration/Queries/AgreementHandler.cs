using Ethereum;
using Ethereum.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Members;
using Workers.Hosting.Queries;
using Workers.Hosting.Transactions;
using Contract = Ethereum.Contracts.Collaboration;

namespace Workers.Collaboration.Queries;

/// <summary>Agrees to forward a member's query, or says why not. One agreement for a query, ever: the same terms get the same signature.</summary>
public sealed class AgreementHandler(CollaborationDb db, ConductChain conduct, QueryChain queries, MainAccount account, IOptions<QueryOptions> options, TimeProvider clock) : IEnvelopeHandler
{
    private const int Attempts = 16;

    /// <inheritdoc/>
    public async Task<EnvelopeAnswer> HandleAsync(OpenedEnvelope envelope, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        Contract.Terms terms;
        try
        {
            terms = MemberJson.Read<Contract.Terms>(envelope.Body.Reveal());
        }
        catch (FormatException e)
        {
            return EnvelopeAnswer.Refuse(e.Message);
        }

        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (await DecideAsync(envelope.Header.From, terms, cancellationToken) is { } answer)
            {
                return answer;
            }
        }

        return EnvelopeAnswer.Refuse("The agreement could not be saved. Ask again.");
    }

    /// <returns>Null when another one came in between, with which this one counts.</returns>
    private async Task<EnvelopeAnswer?> DecideAsync(Address querier, Contract.Terms terms, CancellationToken cancellationToken)
    {
        var written = MemberJson.Write(terms);
        if (await db.Duties.AsNoTracking().SingleOrDefaultAsync(d => d.Query == terms.Query, cancellationToken) is { } before)
        {
            return before.Querier == querier && before.Terms.AsSpan().SequenceEqual(written)
                ? EnvelopeAnswer.Of(MemberJson.Write(new QueryAgreement(before.Agreement)))
                : EnvelopeAnswer.Refuse("This member has agreed to forward this query before, on other terms or to somebody else.");
        }

        // Read before all else that is decided by.
        var number = (await db.Duties.MaxAsync(d => (long?)d.Number, cancellationToken) ?? 0) + 1;
        var now = clock.GetUtcNow();
        var known = new AgreementKnowledge(
            await conduct.IsAllowedAsync(querier, cancellationToken),
            await conduct.IsAllowedAsync(account.Address, cancellationToken),
            (await db.Services.AsNoTracking().SingleOrDefaultAsync(s => s.Account == terms.Service && s.IsOffered, cancellationToken))?.Fee,
            await db.Duties.CountAsync(d => d.State != DutyState.Ended, cancellationToken),
            await db.Duties.CountAsync(d => d.State != DutyState.Ended && d.Querier == querier, cancellationToken),
            now);
        if (AgreementPolicy.Problem(querier, account.Address, terms, known, options.Value) is { } problem)
        {
            return EnvelopeAnswer.Refuse(problem);
        }

        var signature = PersonalMessage.ToBytes(await account.Signer.SignTypedDataAsync(queries.Market.Agreement(querier, terms), cancellationToken));
        db.Duties.Add(new DutyRow { Query = terms.Query, Number = number, Querier = querier, Terms = written, Agreement = signature, At = now, NextAt = now + options.Value.Interval });
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return EnvelopeAnswer.Of(MemberJson.Write(new QueryAgreement(signature)));
        }
        catch (DbUpdateException)
        {
            db.ChangeTracker.Clear();
            return null;
        }
    }
}
