using System.Globalization;
using System.Numerics;
using Ethereum;
using Ethereum.Contracts;
using Mechanisms.Mobility;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Collaboration.Joining;
using Workers.Collaboration.Places;
using Workers.Collaboration.Searches;
using Workers.Collaboration.Standings;
using Workers.Collaboration.Zones;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Members;
using Workers.Hosting.Transactions;

namespace Workers.Collaboration.Api;

/// <summary>A member for its own people and devices.</summary>
internal static class CollaborationApi
{
    private const int MostHeard = 1_000;

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/account", (MainAccount account, EnvelopeServer server, IOptions<EnvelopeOptions> options) =>
            new { Address = account.Address.ToString(), Endpoint = server.EndpointAt(new Uri(options.Value.Url).Host) })
            .WithTags("Membership").WithSummary("The account of this member, and the endpoint where this machine takes envelopes");
        api.MapGet("/membership", MembershipAsync).WithTags("Membership").WithSummary("What the chain says of this member: bond, offences, lock");
        api.MapPost("/membership", JoinAsync).WithTags("Membership").WithSummary("Join with the attestors' admission, or change key and endpoint");

        api.MapGet("/standings", async (AttestedStandings standings, CancellationToken ct) =>
            await standings.LatestAsync(ct) is { } latest
                ? new { Root = (string?)latest.Root.ToString(), latest.Number, Members = latest.Document.Standings.Count, latest.Document.MeanReputation }
                : new { Root = (string?)null, Number = 0L, Members = 0, MeanReputation = 0.0 })
            .WithTags("Membership").WithSummary("The latest attested standings that are here");

        api.MapGet("/standings/members", async (AttestedStandings standings, CancellationToken ct) =>
            (await standings.LatestAsync(ct))?.Document.Standings.Select(s => new { Member = s.Member.ToString(), s.Reputation, s.Zones }) ?? [])
            .WithTags("Membership").WithSummary("Everybody's reputation, in millionths, and zones by the latest attested standings");

        api.MapPut("/place", ReportAsync).WithTags("Place").WithSummary("Where the member's device is, and which members its radio hears");

        api.MapGet("/zones", async (CollaborationDb db, CancellationToken ct) =>
            (await db.Zones.AsNoTracking().OrderByDescending(z => z.OrderedAt).Take(1_000).ToListAsync(ct)).Select(View))
            .WithTags("Zones").WithSummary("Zones that this member asked for");
        api.MapGet("/told", async (CollaborationDb db, CancellationToken ct) =>
            (await db.Told.AsNoTracking().OrderByDescending(t => t.At).Take(1_000).ToListAsync(ct)).Select(t => new { Requester = t.Requester.ToString(), t.At, Billed = t.Bill is not null }))
            .WithTags("Zones").WithSummary("Whom this member told its place, and whether the bill for it is here");
        SearchApi.Map(api);
        api.MapPut("/zones/{zoneId:guid}", OrderAsync).WithTags("Zones").WithSummary("Ask for a zone of K members; the same id twice is one zone");
        api.MapGet("/zones/{zoneId:guid}", ZoneAsync).WithTags("Zones").WithSummary("A zone, and its places in no order once it is formed");
    }

    /// <param name="Bond">In the token's smallest unit, to be added to what there is.</param>
    /// <param name="Endpoint">Where other members reach this one: https://host:port/#pin.</param>
    /// <param name="Subject">Who it is, as the attestors name the person; 0x hex.</param>
    /// <param name="Admission">Attestors' signatures in ascending order of their accounts; 0x hex.</param>
    internal sealed record Joining(string Bond, string Endpoint, string Subject, IReadOnlyList<string> Admission);

    /// <param name="Latitude">Degrees.</param>
    /// <param name="Longitude">Degrees.</param>
    /// <param name="Heard">Accounts of the members that the radio hears.</param>
    internal sealed record PlaceReport(double Latitude, double Longitude, IReadOnlyList<string> Heard);

    /// <param name="Size">K, this member among them.</param>
    internal sealed record ZoneOrder(int Size);

    private static async Task<IResult> MembershipAsync(CollaborationDb db, ConductChain chain, MainAccount account, CancellationToken cancellationToken)
    {
        var member = await chain.MemberAsync(account.Address, cancellationToken);
        return Results.Ok(new
        {
            Account = account.Address.ToString(),
            Subject = member.Subject.ToString(),
            Bond = member.Bond.ToString(CultureInfo.InvariantCulture),
            member.Active,
            member.Offences,
            LockedUntil = member.LockedUntil,
            Allowed = await chain.IsAllowedAsync(account.Address, cancellationToken),
            Problem = (await db.Joinings.AsNoTracking().OrderByDescending(j => j.At).FirstOrDefaultAsync(cancellationToken))?.Problem,
        });
    }

    private static async Task<IResult> JoinAsync(Joining joining, CollaborationDb db, ConductChain chain, MainAccount account, EnvelopeIdentity identity, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!BigInteger.TryParse(joining.Bond, NumberStyles.None, CultureInfo.InvariantCulture, out var bond) || bond >= BigInteger.One << 128
            || !Hash32.TryParse(joining.Subject, null, out var subject) || !MemberEndpoint.TryParse(joining.Endpoint, out _) || Signatures(joining.Admission) is not { } admission)
        {
            return Results.Problem("The bond is a whole number, the endpoint https://host:port/#pin, subject and signatures 0x hex.", statusCode: StatusCodes.Status400BadRequest);
        }

        var call = new Conduct.JoinCall(bond, identity.KeyPair.PublicKey.ToArray(), joining.Endpoint, subject, admission).Encode();
        var id = Keccak256.Hash(call);
        if (await db.Joinings.FindAsync([id], cancellationToken) is null)
        {
            var dues = (await chain.MemberAsync(account.Address, cancellationToken)).Active ? 0 : (await chain.RulesAsync(cancellationToken)).Dues;
            db.Joinings.Add(new JoiningRow { Id = id, Call = call, Amount = bond + dues, At = clock.GetUtcNow() });
            db.Publish(new Join(id.ToString()));
            await db.SaveChangesAsync(cancellationToken);
        }

        return Results.Accepted(value: new { Id = id.ToString() });
    }

    private static byte[][]? Signatures(IReadOnlyList<string> texts)
    {
        try
        {
            return [.. texts.Select(text => Hex.Parse(text))];
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static async Task<IResult> ReportAsync(PlaceReport report, CollaborationDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (Position.Problem(report.Latitude, report.Longitude) is { } problem)
        {
            return Results.Problem($"No place on Earth: {problem}", statusCode: StatusCodes.Status400BadRequest);
        }

        if (report.Heard.Count > MostHeard || report.Heard.Any(h => !Address.TryParse(h, null, out _)))
        {
            return Results.Problem($"Heard are up to {MostHeard} accounts, 0x and 40 hexadecimal digits each.", statusCode: StatusCodes.Status400BadRequest);
        }

        var row = await db.Places.FindAsync([PlaceRow.TheOne], cancellationToken) ?? db.Places.Add(new PlaceRow()).Entity;
        (row.Latitude, row.Longitude) = ((int)Math.Round(report.Latitude * 1e6), (int)Math.Round(report.Longitude * 1e6));
        (row.Heard, row.At) = (string.Join(' ', report.Heard.Select(Address.Parse).Distinct()), clock.GetUtcNow());
        await db.SaveChangesAsync(cancellationToken);
        return Results.NoContent();
    }

    private static async Task<IResult> OrderAsync(Guid zoneId, ZoneOrder order, ZoneOrders orders, CancellationToken cancellationToken)
    {
        try
        {
            return Results.Ok(View(await orders.RunAsync(zoneId, order.Size, cancellationToken)));
        }
        catch (ZoneOrderException e)
        {
            return Results.Problem(e.Message, statusCode: StatusCodes.Status409Conflict);
        }
    }

    private static async Task<IResult> ZoneAsync(Guid zoneId, CollaborationDb db, CancellationToken cancellationToken)
    {
        if (await db.Zones.AsNoTracking().SingleOrDefaultAsync(z => z.ZoneId == zoneId, cancellationToken) is not { } row)
        {
            return Results.Problem($"There is no zone {zoneId} here.", statusCode: StatusCodes.Status404NotFound);
        }

        return Results.Ok(new { Zone = View(row), Places = await ZonePlaces.ReadAsync(db, row, cancellationToken) });
    }

    private static object View(ZoneRow row) => new { row.ZoneId, row.Size, State = row.State.ToString(), row.OrderedAt, row.EndedAt, row.Reused, row.Report };
}
