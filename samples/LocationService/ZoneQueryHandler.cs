using System.Collections.Immutable;
using Mechanisms.Mobility;
using Microsoft.Extensions.Options;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Members;

namespace LocationService;

/// <summary>What is asked: for each place the nearest known ones, or those within a radius.</summary>
/// <param name="Places">From 1 to 100: a zone's, one of which is the asker's own.</param>
/// <param name="Category">Only known places of exactly this category.</param>
/// <param name="Nearest">How many for each place, from 1 to 50; or else <paramref name="Radius"/>.</param>
/// <param name="Radius">Metres, from 0 to 50,000.</param>
public sealed record ZoneQuery(ImmutableArray<AskedPlace> Places, string? Category = null, int? Nearest = null, double? Radius = null);

/// <summary>A place of a zone in degrees.</summary>
public sealed record AskedPlace(double Latitude, double Longitude);

/// <summary>What is answered: for each place of the query, in its order, the known ones, nearest first.</summary>
public sealed record ZoneReply(ImmutableArray<ImmutableArray<NearPlace>> Results);

/// <summary>A known place and its distance along the great circle from the one that was asked for.</summary>
public sealed record NearPlace(string Name, string? Category, double Latitude, double Longitude, double Metres);

/// <summary>Answers which places are near to those of a zone.</summary>
public sealed class ZoneQueryHandler(KnownPlaces known, IOptions<EnvelopeOptions> envelopes) : IEnvelopeHandler
{
    /// <summary>The envelope's kind.</summary>
    public const string Kind = "zone-query";

    private const int MaxPlaces = 100;
    private const int MaxNearest = 50;
    private const double MaxRadius = 50_000;

    /// <summary>Bytes of a near place in an answer that has one-digit numbers and no name.</summary>
    private const int LeastBytes = 60;

    /// <inheritdoc/>
    public Task<EnvelopeAnswer> HandleAsync(OpenedEnvelope envelope, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        try
        {
            var query = MemberJson.Read<ZoneQuery>(envelope.Body.Reveal());
            return Task.FromResult(Problem(query) is { } problem ? EnvelopeAnswer.Refuse(problem) : Answer(query, cancellationToken));
        }
        catch (FormatException e)
        {
            return Task.FromResult(EnvelopeAnswer.Refuse(e.Message));
        }
    }

    private static string? Problem(ZoneQuery query)
    {
        if (query.Places.IsDefault || query.Places.Length is < 1 or > MaxPlaces)
        {
            return $"A query has from 1 to {MaxPlaces} places.";
        }

        if (query.Places.Any(place => place is null || Position.Problem(place.Latitude, place.Longitude) is not null))
        {
            return "A place has a latitude from -90 to 90 and a longitude from -180 to 180 degrees.";
        }

        return query switch
        {
            { Nearest: null, Radius: null } or { Nearest: not null, Radius: not null } => "A query has either nearest or radius.",
            { Nearest: < 1 or > MaxNearest } => $"From 1 to {MaxNearest} nearest places can be asked for.",
            { Radius: { } radius } when !(radius is >= 0 and <= MaxRadius) => $"A radius is from 0 to {MaxRadius} metres.",
            _ => null,
        };
    }

    private EnvelopeAnswer Answer(ZoneQuery query, CancellationToken cancellationToken)
    {
        // More than this cannot fit into an envelope, so that no more is gathered where places are dense.
        var (longest, left) = (envelopes.Value.MaxBody, envelopes.Value.MaxBody / LeastBytes);
        var results = ImmutableArray.CreateBuilder<ImmutableArray<NearPlace>>(query.Places.Length);
        foreach (var asked in query.Places)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var position = new Position(asked.Latitude, asked.Longitude);
            var found = query.Nearest is { } count
                ? known.Index.Nearest(position, count, query.Category)
                : known.Index.Within(position, query.Radius!.Value, query.Category, most: left + 1);
            left -= found.Length;
            if (left < 0)
            {
                return TooLong();
            }

            results.Add([.. found.Select(near => new NearPlace(near.Place.Name, near.Place.Category, near.Place.Position.Latitude, near.Place.Position.Longitude, near.Metres))]);
        }

        var body = MemberJson.Write(new ZoneReply(results.MoveToImmutable()));
        return body.Length <= longest ? EnvelopeAnswer.Of(body) : TooLong();
    }

    private static EnvelopeAnswer TooLong() => EnvelopeAnswer.Refuse("The answer is too long for an envelope; ask about fewer places, or for less around each.");
}
