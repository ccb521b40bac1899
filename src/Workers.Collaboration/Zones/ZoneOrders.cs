using System.Security.Cryptography;
using Ethereum;
using Ethereum.Contracts;
using Ethereum.Transactions;
using Mechanisms.Mobility;
using Mechanisms.Reputation;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Collaboration.Places;
using Workers.Collaboration.Standings;
using Workers.Hosting.Members;
using Workers.Hosting.Transactions;

namespace Workers.Collaboration.Zones;

/// <summary>A zone that cannot be asked for; the message says why.</summary>
public sealed class ZoneOrderException(string message) : Exception(message);

/// <summary>Signs a request for a zone and queues the asking; or, in the same place as before, takes the answers that are there.</summary>
public sealed class ZoneOrders(CollaborationDb db, ConductChain chain, AttestedStandings standings, MainAccount account, IOptions<ZoneOptions> zones, IOptions<PlaceOptions> places, TimeProvider clock)
{
    /// <summary>Places an order.</summary>
    /// <param name="id">The caller's id for it: ordering the same id twice is one zone.</param>
    /// <param name="size">K, 2 to 100.</param>
    /// <exception cref="ZoneOrderException">Something about it cannot be.</exception>
    public async Task<ZoneRow> RunAsync(Guid id, int size, CancellationToken cancellationToken)
    {
        if (await db.Zones.SingleOrDefaultAsync(z => z.ZoneId == id, cancellationToken) is { } ordered)
        {
            return ordered;
        }

        if (size is < TrustThreshold.LeastZone or > CollaboratorPolicy.LargestSize)
        {
            throw new ZoneOrderException($"A zone has {TrustThreshold.LeastZone} to {CollaboratorPolicy.LargestSize} members, this one among them.");
        }

        var now = clock.GetUtcNow();
        var since = now - places.Value.MaxAge;
        var place = await db.Places.AsNoTracking().SingleOrDefaultAsync(p => p.At >= since, cancellationToken)
            ?? throw new ZoneOrderException($"This member's device has not reported its place within {places.Value.MaxAge:c} (PUT /api/place).");
        var row = await ReusedAsync(id, size, place, now, cancellationToken) ?? await AskedAsync(id, size, place, now, cancellationToken);
        db.Zones.Add(row);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return row;
        }
        catch (DbUpdateException)
        {
            // Another call with this id came in between; its zone is the one.
            db.ChangeTracker.Clear();
            return await db.Zones.SingleOrDefaultAsync(z => z.ZoneId == id, cancellationToken) ?? throw new ZoneOrderException("The zone could not be saved. Try again.");
        }
    }

    /// <summary>§4.4, step 5: who asks again from the same place needs nobody's answer again.</summary>
    private async Task<ZoneRow?> ReusedAsync(Guid id, int size, PlaceRow place, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var since = now - zones.Value.Reuse;
        var recent = await db.Zones.AsNoTracking().Where(z => z.State == ZoneState.Formed && z.Reused == null && z.Size >= size && z.EndedAt >= since).OrderByDescending(z => z.EndedAt).ToListAsync(cancellationToken);
        return recent.FirstOrDefault(z => Metres(z.Latitude, z.Longitude, place) <= zones.Value.SamePlace) is not { } before
            ? null
            : new ZoneRow
            {
                ZoneId = id,
                Size = size,
                OrderedAt = now,
                EndedAt = now,
                Latitude = place.Latitude,
                Longitude = place.Longitude,
                Request = [],
                Reused = before.ZoneId,
                State = ZoneState.Formed,
                Report = $"the answers to {before.ZoneId} serve here, too",
            };
    }

    private async Task<ZoneRow> AskedAsync(Guid id, int size, PlaceRow place, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var latest = await standings.LatestAsync(cancellationToken) ?? throw new ZoneOrderException("No standings are known yet: the attestors have published none, or they could not be fetched.");
        var own = latest.Document.Find(account.Address) ?? throw new ZoneOrderException($"The latest standings do not have {account.Address}: it joined later, or is no member.");
        if (!await chain.IsAllowedAsync(account.Address, cancellationToken))
        {
            var member = await chain.MemberAsync(account.Address, cancellationToken);
            var until = member.LockedUntil > (ulong)DateTimeOffset.MaxValue.ToUnixTimeSeconds() ? "for ever" : $"until {DateTimeOffset.FromUnixTimeSeconds((long)member.LockedUntil):u}";
            throw new ZoneOrderException($"{account.Address} is locked {until} after {member.Offences} offences, and nobody would answer. Ask alone (the single-user game).");
        }

        var request = new Conduct.ZoneRequest(
            account.Address, new Hash32(RandomNumberGenerator.GetBytes(Hash32.Size)), (ulong)now.ToUnixTimeSeconds(), latest.Root, own.Reputation, own.Zones, (byte)size, place.Latitude, place.Longitude, (uint)zones.Value.Radius);
        var signature = PersonalMessage.ToBytes(await account.Signer.SignTypedDataAsync(Statements.Of(chain.Market, request), cancellationToken));
        db.Publish(new FormZone(id));
        return new ZoneRow
        {
            ZoneId = id,
            Size = size,
            OrderedAt = now,
            Latitude = place.Latitude,
            Longitude = place.Longitude,
            Request = MemberJson.Write(new SignedRequest(request, signature)),
        };
    }

    private static double Metres(int latitude, int longitude, PlaceRow place) =>
        1000 * new Position(latitude / 1e6, longitude / 1e6).DistanceTo(new Position(place.Latitude / 1e6, place.Longitude / 1e6));
}
