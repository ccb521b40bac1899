using Workers.Collaboration.Queries;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Members;
using Workers.Hosting.Queries;

namespace Workers.Standalone.Zones;

/// <summary>Agrees to forward, and does nothing with what it is handed, so that it does not matter when exactly it goes away.</summary>
internal sealed class Deafness : IEnvelopeHandler
{
    public Task<EnvelopeAnswer> HandleAsync(OpenedEnvelope envelope, CancellationToken cancellationToken) => Task.FromResult(EnvelopeAnswer.Of(MemberJson.Write(new QueryReply(Result: null))));
}
