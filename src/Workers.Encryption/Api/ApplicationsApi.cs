using System.ComponentModel.DataAnnotations;
using ContentStore;
using Microsoft.EntityFrameworkCore;
using Workers.Encryption.Applications;
using Workers.Encryption.Pseudonyms;
using Workers.Encryption.Sealing;
using Workers.Hosting.Data;
using Workers.Hosting.Transactions;

namespace Workers.Encryption.Api;

/// <summary>Table 3, "utility requests": install applications, ask for pseudonyms and for the key system's index.</summary>
internal static class ApplicationsApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/applications").WithTags("Applications");
        group.MapPost("/", PublishAsync).WithSummary("Provider: store the package in the body and commission it on chain");
        group.MapPost("/{cid}/install", InstallAsync).WithSummary("Owner: install the package with this CID");
        group.MapGet("/", ListAsync).WithSummary("Installed applications with their spaces");
        group.MapGet("/{applicationId}/periods", PeriodsAsync).WithSummary("The key system's index: periods with CID and hash, without keys");
        group.MapGet("/{applicationId}/pseudonyms", PseudonymsAsync).WithSummary("Pseudonyms with their times of use");
        group.MapPost("/{applicationId}/pseudonyms", ChangeAsync).WithSummary("Begin a new pseudonym; sealed periods stay tradable");
        api.MapPost("/seal", SealNow).WithTags("Applications").WithSummary("Seal every space that holds new files now");
        api.MapGet("/account", (MainAccount account) => new { Address = account.Address.ToString() })
            .WithTags("Applications").WithSummary("The main account of this worker");
    }

    private static async Task<IResult> PublishAsync(
        HttpRequest request, [AsParameters] TermsQuery terms, PublishApplication publish, CancellationToken cancellationToken)
    {
        try
        {
            var cid = await publish.RunAsync(request.Body, terms.ToTerms(), cancellationToken);
            return Results.Accepted(value: new { Cid = cid.ToString(), ApplicationId = Hosting.Cryptography.SealIdentity.ApplicationId(cid.ToArray()).ToString() });
        }
        catch (Exception e) when (e is ApplicationPackageException or ValidationException)
        {
            return Results.Problem(e.Message, statusCode: StatusCodes.Status400BadRequest);
        }
    }

    private static async Task<IResult> InstallAsync(string cid, InstallApplication install, CancellationToken cancellationToken)
    {
        if (!Cid.TryParse(cid, out var parsed))
        {
            return Results.Problem($"'{cid}' is not a CID.", statusCode: StatusCodes.Status400BadRequest);
        }

        try
        {
            var application = await install.RunAsync(parsed, cancellationToken);
            return Results.Ok(new { application.ApplicationId, application.Cid, application.Name });
        }
        catch (ApplicationPackageException e)
        {
            return Results.Problem(e.Message, statusCode: StatusCodes.Status400BadRequest);
        }
        catch (ContentStoreException e)
        {
            return Results.Problem(e.Message, statusCode: StatusCodes.Status502BadGateway);
        }
    }

    private static async Task<IResult> ListAsync(EncryptionDb db, CancellationToken cancellationToken)
    {
        var spaces = await db.Spaces.AsNoTracking().ToListAsync(cancellationToken);
        var applications = await db.Applications.AsNoTracking().ToListAsync(cancellationToken);
        return Results.Ok(applications.Select(a => new
        {
            a.ApplicationId,
            a.Cid,
            a.Name,
            a.InstalledAt,
            Spaces = spaces.Where(s => s.ApplicationId == a.ApplicationId).Select(s => new { s.Tag, s.Description, s.Folder }),
        }));
    }

    private static async Task<IResult> PeriodsAsync(string applicationId, EncryptionDb db, CancellationToken cancellationToken) =>
        Results.Ok(await db.Periods.AsNoTracking().Where(p => p.ApplicationId == applicationId).OrderBy(p => p.From)
            .Select(p => new PeriodView(
                p.Id, p.SealId, p.Pseudonym, p.Tag, p.Number, p.From, p.To, p.State.ToString(), p.Cid, p.ContentHash, p.Files, p.PlainBytes, p.SealedBytes, p.Problem))
            .ToListAsync(cancellationToken));

    private static async Task<IResult> PseudonymsAsync(string applicationId, EncryptionDb db, CancellationToken cancellationToken) =>
        Results.Ok(await db.Pseudonyms.AsNoTracking().Where(p => p.ApplicationId == applicationId).OrderBy(p => p.EnabledAt)
            .Select(p => new { p.Address, p.EnabledAt, p.ExpiredAt }).ToListAsync(cancellationToken));

    private static async Task<IResult> ChangeAsync(string applicationId, ChangePseudonym change, CancellationToken cancellationToken)
    {
        try
        {
            var pseudonym = await change.RunAsync(applicationId, cancellationToken);
            return Results.Ok(new { pseudonym.Address, pseudonym.EnabledAt });
        }
        catch (KeyNotFoundException e)
        {
            return Results.Problem(e.Message, statusCode: StatusCodes.Status404NotFound);
        }
    }

    private static async Task<IResult> SealNow(EncryptionDb db, CancellationToken cancellationToken)
    {
        db.Publish(new SealDueSpaces(All: true));
        await db.SaveChangesAsync(cancellationToken);
        return Results.Accepted();
    }

    /// <summary>An entry of the key system without its key.</summary>
    public sealed record PeriodView(
        Guid Id, string SealId, string Pseudonym, string Tag, long Number, DateTimeOffset From, DateTimeOffset? To, string State,
        string? Cid, string? ContentHash, int Files, long PlainBytes, long SealedBytes, string? Problem);

    /// <summary>Terms of a commission as query parameters; windows in seconds.</summary>
    public sealed record TermsQuery(
        int OwnerShare = 5_000, int AnswerWindow = 86_400, int CancelNotice = 3_600, int ConfirmWindow = 86_400, int DisputeWindow = 604_800, string? Arbiter = null)
    {
        /// <exception cref="ValidationException">A value is out of range.</exception>
        public ApplicationTerms ToTerms()
        {
            var terms = new ApplicationTerms(
                OwnerShare, TimeSpan.FromSeconds(AnswerWindow), TimeSpan.FromSeconds(CancelNotice),
                TimeSpan.FromSeconds(ConfirmWindow), TimeSpan.FromSeconds(DisputeWindow), Arbiter);
            if (OwnerShare is < 0 or > 10_000)
            {
                throw new ValidationException($"ownerShare is {OwnerShare}; α is given in basis points, 0 to 10000.");
            }

            foreach (var (name, window) in new[]
            {
                (nameof(AnswerWindow), AnswerWindow), (nameof(CancelNotice), CancelNotice), (nameof(ConfirmWindow), ConfirmWindow), (nameof(DisputeWindow), DisputeWindow),
            })
            {
                if (window < 0)
                {
                    throw new ValidationException($"{char.ToLowerInvariant(name[0])}{name[1..]} is {window}; windows are seconds, 0 or more.");
                }
            }

            if (Arbiter is not null && !Ethereum.Address.TryParse(Arbiter, null, out _))
            {
                throw new ValidationException($"arbiter is '{Arbiter}', which is not an address.");
            }

            return terms;
        }
    }
}
