using System.Collections.Immutable;
using Mechanisms.Mobility;

namespace Workers.Hosting.Members;

/// <summary>Body of an envelope <c>zone-query</c> to a location service: for each place the nearest known ones, or those within a radius (paper 3, §4.4, step 5).</summary>
/// <param name="Places">From 1 to <see cref="MaxPlaces"/>: a zone's, one of which is the asker's own.</param>
/// <param name="Category">Only known places of exactly this category.</param>
/// <param name="Nearest">How many for each place, from 1 to <see cref="MaxNearest"/>; or else <paramref name="Radius"/>.</param>
/// <param name="Radius">Metres, from 0 to <see cref="MaxRadius"/>.</param>
public sealed record ZoneQuery(ImmutableArray<AskedPlace> Places, string? Category = null, int? Nearest = null, double? Radius = null)
{
    /// <summary>The envelope's kind.</summary>
    public const string Kind = "zone-query";

    public const int MaxPlaces = 100;
    public const int MaxNearest = 50;
    public const double MaxRadius = 50_000;

    /// <summary>Why nobody can answer it; null when somebody can.</summary>
    public string? Problem()
    {
        if (Places.IsDefault || Places.Length is < 1 or > MaxPlaces)
        {
            return $"A query has from 1 to {MaxPlaces} places.";
        }

        if (Places.Any(place => place is null || Position.Problem(place.Latitude, place.Longitude) is not null))
        {
            return "A place has a latitude from -90 to 90 and a longitude from -180 to 180 degrees.";
        }

        return this switch
        {
            { Nearest: null, Radius: null } or { Nearest: not null, Radius: not null } => "A query has either nearest or radius.",
            { Nearest: < 1 or > MaxNearest } => $"From 1 to {MaxNearest} nearest places can be asked for.",
            { Radius: { } radius } when !(radius is >= 0 and <= MaxRadius) => $"A radius is from 0 to {MaxRadius} metres.",
            _ => null,
        };
    }
}

/// <summary>A place of a zone in degrees.</summary>
public sealed record AskedPlace(double Latitude, double Longitude);

/// <summary>The answer: for each place of the query, in its order, the known ones, nearest first.</summary>
public sealed record ZoneReply(ImmutableArray<ImmutableArray<NearPlace>> Results);

/// <summary>A known place and its distance along the great circle from the one that was asked for.</summary>
public sealed record NearPlace(string Name, string? Category, double Latitude, double Longitude, double Metres);
