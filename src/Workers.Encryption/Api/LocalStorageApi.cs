using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Workers.Encryption.Spaces;

namespace Workers.Encryption.Api;

/// <summary>Table 3, "local storage request": store and query data in the local space of a tag.</summary>
internal static class LocalStorageApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var files = api.MapGroup("/applications/{applicationId}/spaces/{tag}/files").WithTags("Local storage");
        files.MapGet("/", ListAsync).WithSummary("Files of a space, sealed ones included while they are kept locally");
        files.MapGet("/{name}", ReadAsync).WithSummary("One file of a space");
        files.MapPost("/", StoreNewAsync).WithMetadata(new DisableRequestSizeLimitAttribute()).WithSummary("Store the body as a new file under a name of its own");
        files.MapPut("/{name}", StoreAsync).WithMetadata(new DisableRequestSizeLimitAttribute()).WithSummary("Store the body as a file, replacing one of that name");
    }

    private static async Task<IResult> ListAsync(string applicationId, string tag, EncryptionDb db, CancellationToken cancellationToken)
    {
        var space = await FindAsync(db, applicationId, tag, cancellationToken);
        return space is null
            ? NoSpace(applicationId, tag)
            : Results.Ok(new DirectoryInfo(space.Folder).EnumerateFiles().Where(LocalFiles.IsData)
                .Select(f => new { f.Name, f.Length, ModifiedAt = new DateTimeOffset(f.LastWriteTimeUtc) }));
    }

    private static async Task<IResult> ReadAsync(string applicationId, string tag, string name, EncryptionDb db, CancellationToken cancellationToken)
    {
        var space = await FindAsync(db, applicationId, tag, cancellationToken);
        if (space is null)
        {
            return NoSpace(applicationId, tag);
        }

        return LocalFiles.TryResolve(space.Folder, name, out var path) && File.Exists(path)
            ? Results.File(path, "application/octet-stream", enableRangeProcessing: true)
            : Results.Problem($"The space '{tag}' holds no file '{name}'.", statusCode: StatusCodes.Status404NotFound);
    }

    private static Task<IResult> StoreNewAsync(
        string applicationId, string tag, HttpRequest request, EncryptionDb db, TimeProvider clock, CancellationToken cancellationToken) =>
        StoreAsync(applicationId, tag, $"{clock.GetUtcNow():yyyyMMdd'T'HHmmssfff}-{Guid.NewGuid():N}", request, db, cancellationToken);

    private static async Task<IResult> StoreAsync(
        string applicationId, string tag, string name, HttpRequest request, EncryptionDb db, CancellationToken cancellationToken)
    {
        var space = await FindAsync(db, applicationId, tag, cancellationToken);
        if (space is null)
        {
            return NoSpace(applicationId, tag);
        }

        if (!LocalFiles.TryResolve(space.Folder, name, out var path))
        {
            return Results.Problem($"'{name}' is not a file name: letters, digits, '.', '_' and '-', not first '.', at most 200.", statusCode: StatusCodes.Status400BadRequest);
        }

        var bytes = await LocalFiles.StoreAsync(path, request.Body, cancellationToken);
        return Results.Created((string?)null, new { Name = name, Bytes = bytes });
    }

    private static Task<SpaceRow?> FindAsync(EncryptionDb db, string applicationId, string tag, CancellationToken cancellationToken) =>
        db.Spaces.AsNoTracking().SingleOrDefaultAsync(s => s.ApplicationId == applicationId && s.Tag == tag, cancellationToken);

    private static IResult NoSpace(string applicationId, string tag) => Results.Problem(
        $"The application {applicationId} is not installed here, or '{tag}' is not in its tag list.", statusCode: StatusCodes.Status404NotFound);
}
