using System.Collections.Immutable;
using Mechanisms.Mobility;
using Workers.Hosting.Members;

namespace LocationService;

/// <summary>Looks up what a query asks for.</summary>
public sealed class PlaceFinder(KnownPlaces known)
{
    /// <summary>What is said where an answer does not fit.</summary>
    public const string TooLong = "The answer is too long for an envelope; ask about fewer places, or for less around each.";

    /// <summary>Bytes of a near place in an answer that has one-digit numbers and no name.</summary>
    private const int LeastBytes = 60;

    /// <summary>A <see cref="ZoneReply"/> as JSON; null when it would be longer than this.</summary>
    public byte[]? Find(ZoneQuery query, int longest, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);

        // More than this cannot fit, so that no more is gathered where places are dense.
        var left = longest / LeastBytes;
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
                return null;
            }

            results.Add([.. found.Select(near => new NearPlace(near.Place.Name, near.Place.Category, near.Place.Position.Latitude, near.Place.Position.Longitude, near.Metres))]);
        }

        var body = MemberJson.Write(new ZoneReply(results.MoveToImmutable()));
        return body.Length <= longest ? body : null;
    }
}
