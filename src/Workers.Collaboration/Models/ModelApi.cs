using Ethereum;
using Mechanisms.Mobility;
using Mechanisms.PrivacyGame.Models;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace Workers.Collaboration.Models;

/// <summary>Models of the privacy game, for the member's own people and devices.</summary>
internal static class ModelApi
{
    /// <summary>The largest model as base64, and its members and area.</summary>
    private const int MaxUpload = (PrivacyModelFile.MaxBytes / 3 * 4) + (256 << 10);

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPut("/model", TakeAsync).WithMetadata(new RequestSizeLimitAttribute(MaxUpload)).WithTags("Models").WithSummary("Disguise queries by this model from now on: by its group's, or while locked by the one for this member alone");
        api.MapGet("/models", async (CollaborationDb db, CancellationToken ct) => (await db.Models.AsNoTracking().OrderBy(m => m.Kind).ToListAsync(ct)).Select(View))
            .WithTags("Models").WithSummary("For whom and until when there are models here");
        api.MapDelete("/models/{kind}", async (ModelKind kind, CollaborationDb db, CancellationToken ct) =>
            await db.Models.Where(m => m.Kind == kind).ExecuteDeleteAsync(ct) > 0 ? Results.NoContent() : Results.Problem("There is no such model here.", statusCode: StatusCodes.Status404NotFound))
            .WithTags("Models").WithSummary("Forget a model: queries go out as they are given");
    }

    /// <param name="Members">Accounts in the order of the group's order to the oracle.</param>
    /// <param name="Area">As in that order.</param>
    /// <param name="Model">The opened model (the oracle worker's <c>/api/models/{id}/file</c>), base64.</param>
    internal sealed record ModelUpload(IReadOnlyList<string> Members, AreaTerms Area, byte[] Model);

    private static async Task<IResult> TakeAsync(ModelUpload upload, MemberModels models, CancellationToken cancellationToken)
    {
        if (upload.Members.Count == 0 || upload.Members.Any(m => !Address.TryParse(m, null, out _)))
        {
            return Problem("The members are accounts, 0x and 40 hexadecimal digits.");
        }

        try
        {
            return Results.Ok(View(await models.TakeAsync([.. upload.Members.Select(Address.Parse)], upload.Area, upload.Model, cancellationToken)));
        }
        catch (ModelUseException e)
        {
            return Problem(e.Message);
        }
    }

    private static IResult Problem(string text) => Results.Problem(text, statusCode: StatusCodes.Status400BadRequest);

    private static object View(ModelRow row) => new { Kind = row.Kind.ToString(), Members = row.Members.Split(' '), row.Expires };
}
