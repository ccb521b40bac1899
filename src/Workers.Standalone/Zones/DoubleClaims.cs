using System.Security.Cryptography;
using Ethereum;
using Ethereum.Contracts;
using Ethereum.Transactions;
using Workers.Collaboration;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Members;
using Workers.Hosting.Queries;

namespace Workers.Standalone.Zones;

/// <summary>Takes queries to forward as no worker would: forwards the first one's payload for whatever comes later, too, and wants every reward.</summary>
internal sealed class DoubleClaims(CollaborationDb db, EnvelopeIdentity identity, EnvelopeClient envelopes, ConductChain conduct, DoubleClaims.Memory memory) : IEnvelopeHandler
{
    /// <inheritdoc/>
    public async Task<EnvelopeAnswer> HandleAsync(OpenedEnvelope envelope, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        var handed = MemberJson.Read<HandedQuery>(envelope.Body.Reveal());
        var payload = memory.First(handed.Payload);
        var service = db.Services.Single(s => s.IsOffered);
        var forward = new Conduct.Forward(identity.Account, service.Account, handed.Query, new Hash32(SHA256.HashData(payload)));
        var signature = PersonalMessage.ToBytes(await identity.Signer.SignTypedDataAsync(Statements.Of(conduct.Market, forward), cancellationToken));
        try
        {
            var entry = new MemberEntry(service.Account, service.PublicKey, service.Endpoint);
            using var reply = await envelopes.SendAsync(entry, QueryKinds.Forwarded, MemberJson.Write(new ForwardedQuery(forward, signature, payload)), cancellationToken);
            return EnvelopeAnswer.Of(reply.Reveal().ToArray());
        }
        catch (EnvelopeException)
        {
            return EnvelopeAnswer.Of(MemberJson.Write(new QueryReply(Result: null)));
        }
    }

    /// <summary>What it forwards again and again.</summary>
    internal sealed class Memory
    {
        private byte[]? _first;

        public byte[] First(byte[] payload) => Interlocked.CompareExchange(ref _first, payload, null) ?? payload;
    }
}
