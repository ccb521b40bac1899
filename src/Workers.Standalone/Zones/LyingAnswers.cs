using System.Security.Cryptography;
using Ethereum;
using Ethereum.Contracts;
using Ethereum.Transactions;
using Workers.Collaboration.Zones;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Members;

namespace Workers.Standalone.Zones;

/// <summary>Answers requests for zones as no worker would: helpful, whoever asks, with a place that is nowhere near.</summary>
internal sealed class LyingAnswers(EnvelopeIdentity identity, IMemberDirectory members, ConductChain chain, TimeProvider clock) : IEnvelopeHandler
{
    /// <summary>About 2.2 km north.</summary>
    private const int Away = 20_000;

    /// <inheritdoc/>
    public async Task<EnvelopeAnswer> HandleAsync(OpenedEnvelope envelope, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        var request = MemberJson.Read<SignedRequest>(envelope.Body.Reveal()).Request;
        var hash = Statements.Of(chain.Market, request).StructHash;
        var place = new Conduct.Place(request.Latitude + Away, request.Longitude, new Hash32(RandomNumberGenerator.GetBytes(Hash32.Size)));
        var reader = (await members.FindAsync(request.Requester, cancellationToken))!;
        var sealedPlace = SealedPlace.Seal(reader.PublicKey.Span, place, chain.Market, hash, identity.Account, request.Requester);
        var answer = new Conduct.ZoneAnswer(identity.Account, hash, (ulong)clock.GetUtcNow().ToUnixTimeSeconds(), Statements.Of(chain.Market, place).StructHash, new Hash32(SHA256.HashData(sealedPlace)));
        var signature = PersonalMessage.ToBytes(await identity.Signer.SignTypedDataAsync(Statements.Of(chain.Market, answer), cancellationToken));
        return EnvelopeAnswer.Of(MemberJson.Write(new AnswerBody(answer, signature, sealedPlace)));
    }
}
