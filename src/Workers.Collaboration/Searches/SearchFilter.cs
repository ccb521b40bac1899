using System.Collections.Immutable;
using Mechanisms.Mobility;
using Workers.Collaboration.Zones;
using Workers.Hosting.Members;

namespace Workers.Collaboration.Searches;

/// <summary>The requester's filter (paper 3, §4.4, step 5): of an answer for K places, what is near to the own one.</summary>
public static class SearchFilter
{
    /// <summary>Rounding and the service's model of the Earth may move a distance by so much: 1 m and a thousandth.</summary>
    private const double Slack = 1, RelativeSlack = 1e-3;

    /// <summary>What is near, nearest first, with distances that are computed here: a service's own are not believed.</summary>
    /// <param name="query">What was asked.</param>
    /// <param name="reply">What was answered.</param>
    /// <param name="own">This member's place. It may be a few metres from the one in the query, where a zone serves again.</param>
    /// <exception cref="FormatException">This is no answer to this query.</exception>
    public static ImmutableArray<NearPlace> Near(ZoneQuery query, ZoneReply reply, ZonePlace own)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(reply);
        ArgumentNullException.ThrowIfNull(own);
        if (reply.Results.IsDefault || reply.Results.Length != query.Places.Length)
        {
            throw new FormatException($"The service answers for {(reply.Results.IsDefault ? 0 : reply.Results.Length)} places and was asked for {query.Places.Length}.");
        }

        for (var i = 0; i < reply.Results.Length; i++)
        {
            Check(query, query.Places[i], reply.Results[i]);
        }

        var from = new Position(own.Latitude, own.Longitude);
        var near = reply.Results.SelectMany(r => r).DistinctBy(p => (p.Name, p.Category, p.Latitude, p.Longitude))
            .Select(p => p with { Metres = Metres(from, p.Latitude, p.Longitude) }).OrderBy(p => p.Metres).ThenBy(p => p.Name, StringComparer.Ordinal);
        return [.. query.Nearest is { } count ? near.Take(count) : near.Where(p => p.Metres <= query.Radius)];
    }

    private static void Check(ZoneQuery query, AskedPlace asked, ImmutableArray<NearPlace> results)
    {
        if (results.IsDefault || results.Length > (query.Nearest ?? int.MaxValue))
        {
            throw new FormatException("The service answers with more places than were asked for, or with none at all.");
        }

        foreach (var place in results)
        {
            if (place is null || Position.Problem(place.Latitude, place.Longitude) is not null || (query.Category is { } category && place.Category != category))
            {
                throw new FormatException("The service names a place of another category or nowhere on Earth.");
            }

            if (query.Radius is { } radius && Metres(new Position(asked.Latitude, asked.Longitude), place.Latitude, place.Longitude) > (radius * (1 + RelativeSlack)) + Slack)
            {
                throw new FormatException("The service names a place outside the radius.");
            }
        }
    }

    private static double Metres(Position from, double latitude, double longitude) => 1000 * from.DistanceTo(new Position(latitude, longitude));
}
