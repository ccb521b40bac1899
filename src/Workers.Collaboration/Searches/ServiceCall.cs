using System.Collections.Immutable;
using Workers.Collaboration.Zones;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Members;

namespace Workers.Collaboration.Searches;

/// <summary>Asking a location service under this member's own name.</summary>
internal static class ServiceCall
{
    /// <summary>What the service finds, filtered to what is near the own place.</summary>
    /// <returns>What is near, nearest first, and how many places the whole answer has.</returns>
    /// <exception cref="EnvelopeException">The service cannot be reached, or refuses.</exception>
    /// <exception cref="FormatException">What came is no answer to this query.</exception>
    public static async Task<(ImmutableArray<NearPlace> Near, int Answered)> AskAsync(this EnvelopeClient envelopes, ServiceRow service, ZoneQuery query, ZonePlace own, CancellationToken cancellationToken)
    {
        using var reply = await envelopes.SendAsync(service.ToEntry(), ZoneQuery.Kind, MemberJson.Write(query), cancellationToken);
        var answer = MemberJson.Read<ZoneReply>(reply.Reveal());
        return (SearchFilter.Near(query, answer, own), answer.Results.Sum(r => r.Length));
    }
}
