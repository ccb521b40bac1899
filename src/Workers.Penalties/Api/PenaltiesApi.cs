using System.Globalization;
using System.Numerics;
using Ethereum;
using Microsoft.EntityFrameworkCore;
using Workers.Hosting.Members;
using Workers.Hosting.Transactions;
using Workers.Penalties.Filing;
using Workers.Penalties.Verdicts;

namespace Workers.Penalties.Api;

/// <summary>Cases for the operator.</summary>
internal static class PenaltiesApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/account", async (MainAccount account, ConductChain chain, CancellationToken ct) =>
            new { Address = account.Address.ToString(), Bond = (await chain.MemberAsync(account.Address, ct)).Bond.ToString(CultureInfo.InvariantCulture) })
            .WithTags("Account").WithSummary("The account that accuses, and its bond");
        api.MapPut("/bonds/{id:guid}", AddBondAsync).WithTags("Account").WithSummary("Add to the bond; the same id twice is once");

        api.MapGet("/cases", ListAsync).WithTags("Cases").WithSummary("What was found, what was decided, and why");
        api.MapGet("/cases/{id}/evidence", async (string id, PenaltiesDb db, CancellationToken ct) =>
            await FindAsync(id, db, ct) is { } row ? Results.Bytes(row.Evidence, "application/json") : Unknown(id))
            .WithTags("Cases").WithSummary("The signed statements of a case");
        api.MapPost("/cases", OpenAsync).WithTags("Cases").WithSummary("Hand in evidence; the same twice is one case");
        Move(api, "hold", "Keep a bill from being sent", [CaseState.Waiting], (row, _) => row.State = CaseState.Held);
        Move(api, "release", "Look again at once, and send the bill: of a case that was held, dismissed, or whose bill the contract did not take", [CaseState.Held, CaseState.Waiting, CaseState.Dismissed, CaseState.Failed], (row, now) => (row.State, row.Due) = (CaseState.Waiting, now));
        Move(api, "withdraw", "Never send it", [CaseState.Held, CaseState.Waiting], (row, _) => row.State = CaseState.Withdrawn);
    }

    internal sealed record Bond(string Amount);

    private static async Task<IEnumerable<object>> ListAsync(PenaltiesDb db, CancellationToken cancellationToken)
    {
        var cases = await db.Cases.AsNoTracking().OrderByDescending(c => c.FoundAt).Take(1_000).ToListAsync(cancellationToken);
        var said = await db.VerdictSignatures.AsNoTracking().Where(s => db.Cases.Any(c => c.Id == s.Case && c.State == CaseState.Waiting)).ToListAsync(cancellationToken);
        var signatures = said.ToLookup(s => s.Case);
        return cases.Select(c => View(c, signatures[c.Id]));
    }

    private static void Move(IEndpointRouteBuilder api, string verb, string summary, CaseState[] from, Action<CaseRow, DateTimeOffset> move) =>
        api.MapPost($"/cases/{{id}}/{verb}", async (string id, PenaltiesDb db, TimeProvider clock, CancellationToken ct) =>
        {
            if (await FindAsync(id, db, ct) is not { } row)
            {
                return Unknown(id);
            }

            if (!from.Contains(row.State))
            {
                return Results.Problem($"The case is {row.State}; only one that is {string.Join(" or ", from)} can be moved so.", statusCode: StatusCodes.Status409Conflict);
            }

            move(row, clock.GetUtcNow());
            if (row.State == CaseState.Waiting)
            {
                db.Publish(new FileCase(row.Id.ToString()));
            }

            await db.SaveChangesAsync(ct);
            return Results.Ok(View(row, []));
        }).WithTags("Cases").WithSummary(summary);

    private static async Task<IResult> OpenAsync(HttpRequest request, CaseIntake intake, PenaltiesDb db, Microsoft.Extensions.Options.IOptions<FilingOptions> options, TimeProvider clock, CancellationToken cancellationToken)
    {
        var buffer = new byte[options.Value.MaxEvidence + 1];
        var length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        try
        {
            var row = await intake.OpenAsync(buffer.AsMemory(0, length), "the API", clock.GetUtcNow(), cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
            return Results.Ok(View(row, []));
        }
        catch (FormatException e)
        {
            return Results.Problem($"No evidence: {e.Message}", statusCode: StatusCodes.Status400BadRequest);
        }
    }

    private static async Task<IResult> AddBondAsync(Guid id, Bond bond, PenaltiesDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!BigInteger.TryParse(bond.Amount, NumberStyles.None, CultureInfo.InvariantCulture, out var amount) || amount.IsZero || amount >= BigInteger.One << 128)
        {
            return Results.Problem("The amount is a whole number above 0, in the token's smallest unit.", statusCode: StatusCodes.Status400BadRequest);
        }

        if (await db.Bonds.FindAsync([id], cancellationToken) is not { } row)
        {
            row = db.Bonds.Add(new BondRow { Id = id, Amount = amount, At = clock.GetUtcNow() }).Entity;
            db.Publish(new SweepCases());
            await db.SaveChangesAsync(cancellationToken);
        }

        return Results.Ok(new { row.Id, Amount = row.Amount.ToString(CultureInfo.InvariantCulture), row.Problem });
    }

    private static async Task<CaseRow?> FindAsync(string id, PenaltiesDb db, CancellationToken cancellationToken) =>
        Hash32.TryParse(id, null, out var hash) ? await db.Cases.FindAsync([hash], cancellationToken) : null;

    private static IResult Unknown(string id) => Results.Problem($"There is no case {id[..Math.Min(id.Length, 66)]} here.", statusCode: StatusCodes.Status404NotFound);

    /// <param name="signatures">Of a verdict that waits, what other attestors said when they were asked.</param>
    private static object View(CaseRow row, IEnumerable<VerdictSignatureRow> signatures) => new
    {
        Id = row.Id.ToString(),
        Offence = row.Offence.ToString(),
        Offender = row.Offender.ToString(),
        row.FoundBy,
        row.FoundAt,
        row.Due,
        State = row.State.ToString(),
        row.Sentence,
        row.TransactionHash,
        Signatures = signatures.Select(s => new { Attestor = s.Attestor.ToString(), Signed = s.Signature is not null, s.Problem }),
    };
}
