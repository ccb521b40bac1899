using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Collaboration.Zones;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Members;
using Workers.Hosting.Messaging;

namespace Workers.Collaboration.Searches;

/// <summary>The zone with this id has ended: ask the service, if there is a search for it.</summary>
public sealed record AskService(Guid SearchId);

/// <summary>
/// Sends a zone's places to the service and keeps of the answer what is near to the own one. After a kill the same places go there again, which tells the service nothing more.
/// </summary>
public sealed class AskServiceHandler(CollaborationDb db, EnvelopeClient envelopes, IOptions<SearchOptions> options, TimeProvider clock) : IHandler<AskService>
{
    /// <inheritdoc/>
    public async Task HandleAsync(AskService message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (await db.Searches.FindAsync([message.SearchId], cancellationToken) is not { State: SearchState.Searching } row
            || await db.Zones.AsNoTracking().SingleAsync(z => z.ZoneId == message.SearchId, cancellationToken) is not { State: not ZoneState.Asking } zone)
        {
            return;
        }

        var service = await db.Services.AsNoTracking().SingleAsync(s => s.Account == row.Service, cancellationToken);
        if (zone.State == ZoneState.Failed || !service.IsOffered)
        {
            Fail(row, zone.State == ZoneState.Failed ? $"There is no zone to ask from: {zone.Report}" : $"{service.Account} has withdrawn its offer.");
            return;
        }

        var places = await ZonePlaces.ReadAsync(db, zone, cancellationToken);
        var query = new ZoneQuery([.. places.Select(p => new AskedPlace(p.Latitude, p.Longitude))], row.Category, row.Nearest, row.Radius);
        try
        {
            (var near, row.Answered) = await envelopes.AskAsync(service, query, ZonePlaces.Of(zone.Latitude, zone.Longitude), cancellationToken);
            (row.Found, row.State) = (MemberJson.Write(near), SearchState.Found);
        }
        catch (EnvelopeException e) when (e.Fault == EnvelopeFault.Unavailable && clock.GetUtcNow() < row.OrderedAt + options.Value.Patience)
        {
            throw new TooEarlyException($"{e.Message} It is asked again", options.Value.Interval);
        }
        catch (Exception e) when (e is EnvelopeException or FormatException)
        {
            Fail(row, e.Message);
        }
    }

    private static void Fail(SearchRow row, string problem) => (row.State, row.Problem) = (SearchState.Failed, problem);
}
