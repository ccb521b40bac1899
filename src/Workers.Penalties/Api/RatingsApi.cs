using Microsoft.EntityFrameworkCore;
using Workers.Hosting.Members;
using Workers.Penalties.Attesting;
using Workers.Penalties.Ratings;

namespace Workers.Penalties.Api;

/// <summary>Rounds of ratings for the operator.</summary>
internal static class RatingsApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/rounds", async (PenaltiesDb db, CancellationToken ct) =>
            await ViewAsync(await db.Rounds.AsNoTracking().OrderByDescending(r => r.Round).Take(100).ToListAsync(ct), db, ct))
            .WithTags("Ratings").WithSummary("The last hundred rounds: which agencies were left out and why, and what was attested");
        api.MapGet("/rounds/{round:long}/standings", async (long round, PenaltiesDb db, CancellationToken ct) =>
            (await db.Rounds.AsNoTracking().SingleOrDefaultAsync(r => r.Round == round, ct))?.Document is { } document
                ? Results.Ok(StandingsDocument.Read(document).Standings.Select(s => new { Member = s.Member.ToString(), s.Reputation, s.Zones }))
                : Results.Problem($"No standings were computed in round {round}.", statusCode: StatusCodes.Status404NotFound))
            .WithTags("Ratings").WithSummary("The standings that this house computed, reputations in millionths");
    }

    private static async Task<IEnumerable<object>> ViewAsync(List<RoundRow> rows, PenaltiesDb db, CancellationToken cancellationToken)
    {
        var rounds = rows.Select(r => r.Round).ToList();
        var signatures = (await db.RoundSignatures.AsNoTracking().Where(s => rounds.Contains(s.Round)).ToListAsync(cancellationToken)).ToLookup(s => s.Round);
        return rows.Select(row => View(row, signatures[row.Round]));
    }

    private static object View(RoundRow row, IEnumerable<SignatureRow> signatures) => new
    {
        row.Round,
        Block = row.BlockNumber,
        row.StartedAt,
        row.AskUntil,
        State = row.State.ToString(),
        row.Report,
        row.Number,
        row.TransactionHash,
        Signatures = signatures.Select(s => new { Attestor = s.Attestor.ToString(), IsSigned = s.Signature is not null, s.Problem }),
    };
}
