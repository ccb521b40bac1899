using System.Security.Cryptography;
using Ethereum.Contracts;

namespace Workers.Collaboration.Zones;

/// <summary>A place of a zone, whose it is nobody says. Degrees.</summary>
public sealed record ZonePlace(double Latitude, double Longitude);

/// <summary>The places that go to a location service: K of them, this member's own among them, in no order.</summary>
public static class ZonePlaces
{
    /// <summary>The zone's places; none before it is formed.</summary>
    public static IReadOnlyList<ZonePlace> Of(ZoneRow zone, IReadOnlyList<Conduct.Place> told)
    {
        ArgumentNullException.ThrowIfNull(zone);
        ArgumentNullException.ThrowIfNull(told);
        if (zone.State != ZoneState.Formed)
        {
            return [];
        }

        ZonePlace[] places = [new ZonePlace(zone.Latitude / 1e6, zone.Longitude / 1e6), .. told.Take(zone.Size - 1).Select(p => new ZonePlace(p.Latitude / 1e6, p.Longitude / 1e6))];
        RandomNumberGenerator.Shuffle(places.AsSpan());
        return places;
    }
}
