using Ethereum.Transactions;
using Microsoft.Extensions.Options;
using Workers.Hosting.Chain;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Members;
using Workers.Hosting.Transactions;

namespace RatingAgency;

/// <summary>Answers, under its signature, which ratings members have.</summary>
public sealed class CreditQueryHandler(KnownRatings known, MainAccount account, IOptions<ChainOptions> chain, TimeProvider clock) : IEnvelopeHandler
{
    /// <inheritdoc/>
    public async Task<EnvelopeAnswer> HandleAsync(OpenedEnvelope envelope, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        try
        {
            var query = MemberJson.Read<CreditQuery>(envelope.Body.Reveal());
            if (query.Members.IsDefault || query.Members.Length is 0 or > CreditQuery.MaxMembers || !CreditAnswer.IsAscending(query.Members))
            {
                return EnvelopeAnswer.Refuse($"A query is about 1 to {CreditQuery.MaxMembers} members in ascending order.");
            }

            var answer = new CreditAnswer(account.Address, (ulong)clock.GetUtcNow().ToUnixTimeSeconds(), [.. query.Members.Select(m => new CreditRating(m, known.Find(m)))], []);
            var market = new ConductReference((ulong)chain.Value.ChainId, chain.Value.Contract("Conduct"));
            var signature = await account.Signer.SignTypedDataAsync(answer.Data(market), cancellationToken);
            return EnvelopeAnswer.Of(MemberJson.Write(answer with { Signature = PersonalMessage.ToBytes(signature) }));
        }
        catch (FormatException e)
        {
            return EnvelopeAnswer.Refuse(e.Message);
        }
    }
}
