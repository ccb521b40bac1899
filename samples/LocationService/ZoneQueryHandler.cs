using Microsoft.Extensions.Options;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Members;

namespace LocationService;

/// <summary>Answers which places are near to those of a zone.</summary>
public sealed class ZoneQueryHandler(PlaceFinder finder, IOptions<EnvelopeOptions> envelopes) : IEnvelopeHandler
{
    /// <inheritdoc/>
    public Task<EnvelopeAnswer> HandleAsync(OpenedEnvelope envelope, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        try
        {
            var query = MemberJson.Read<ZoneQuery>(envelope.Body.Reveal());
            return Task.FromResult(query.Problem() is { } problem ? EnvelopeAnswer.Refuse(problem)
                : finder.Find(query, envelopes.Value.MaxBody, cancellationToken) is { } found ? EnvelopeAnswer.Of(found)
                : EnvelopeAnswer.Refuse(PlaceFinder.TooLong));
        }
        catch (FormatException e)
        {
            return Task.FromResult(EnvelopeAnswer.Refuse(e.Message));
        }
    }
}
