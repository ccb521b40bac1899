using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Workers.Hosting.Members;

namespace Workers.Collaboration.Zones;

/// <summary>A place of a zone, whose it is nobody says. Degrees.</summary>
public sealed record ZonePlace(double Latitude, double Longitude);

/// <summary>The places that go to a location service: those of all members of the zone, this one's among them, in no order.</summary>
public static class ZonePlaces
{
    /// <summary>
    /// The zone's places; none before it is formed. Where it serves again these are the earlier zone's, all of them and unchanged: whoever sees two sets that differ in one place knows whose it is.
    /// </summary>
    public static async Task<IReadOnlyList<ZonePlace>> ReadAsync(CollaborationDb db, ZoneRow zone, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(zone);
        if (zone.State != ZoneState.Formed)
        {
            return [];
        }

        var asked = zone.Reused is { } earlier ? await db.Zones.AsNoTracking().SingleAsync(z => z.ZoneId == earlier, cancellationToken) : zone;
        var answers = await db.Answers.AsNoTracking().Where(a => a.ZoneId == asked.ZoneId).ToListAsync(cancellationToken);
        ZonePlace[] places = [Of(asked.Latitude, asked.Longitude), .. answers.Select(a => MemberJson.Read<OpenedAnswer>(a.Answer).Place).Select(p => Of(p.Latitude, p.Longitude))];
        RandomNumberGenerator.Shuffle(places.AsSpan());
        return places;
    }

    /// <summary>A place in millionths of a degree.</summary>
    public static ZonePlace Of(int latitude, int longitude) => new(latitude / 1e6, longitude / 1e6);
}
