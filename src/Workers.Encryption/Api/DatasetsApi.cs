using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Encryption.Datasets.Delivering;
using Workers.Encryption.Datasets.Publishing;
using Workers.Encryption.Datasets.Requesting;
using Workers.Encryption.Sealing;

namespace Workers.Encryption.Api;

/// <summary>Datasets of this house: published, delivered, asked for.</summary>
internal static class DatasetsApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var datasets = api.MapGroup("/datasets").WithTags("Datasets");
        datasets.MapGet("/", async (EncryptionDb db, DatasetProgress progress, DatasetSource source, CancellationToken ct) =>
            (await db.Datasets.AsNoTracking().OrderBy(d => d.CreatedAt).ToListAsync(ct)).Select(d => View(d, progress, source))).WithSummary("Datasets of this publisher");
        datasets.MapGet("/{id:guid}", GetAsync).WithSummary("One dataset with its progress");
        datasets.MapPut("/{id:guid}", DescribeAsync).WithSummary("Describe a dataset; the same id twice is one dataset");
        datasets.MapPatch("/{id:guid}/file", AppendAsync).WithMetadata(new DisableRequestSizeLimitAttribute())
            .WithSummary("Append the body to the upload at exactly this offset; 409 tells the offset to go on from");
        datasets.MapPost("/{id:guid}/publish", PublishAsync).WithSummary("Mix, seal, upload and make the token, or go on with that");
        datasets.MapDelete("/{id:guid}", DropAsync).WithSummary("Drop a draft or a failed dataset with its upload");

        api.MapGet("/deliveries", async (EncryptionDb db, CancellationToken ct) =>
            (await db.Deliveries.AsNoTracking().OrderBy(d => d.RequestId).ToListAsync(ct)).Select(View)).WithTags("Datasets").WithSummary("Answers to requests for this publisher's datasets");

        var asked = api.MapGroup("/asked-datasets").WithTags("Datasets");
        asked.MapGet("/", async (EncryptionDb db, CancellationToken ct) =>
            (await db.AskedDatasets.AsNoTracking().OrderBy(a => a.AskedAt).ToListAsync(ct)).Select(View)).WithSummary("Datasets that this house asked for");
        asked.MapPut("/{id:guid}", AskAsync).WithSummary("Ask for the data of a token that this house owns; the same id twice is one request");
        asked.MapGet("/{id:guid}/file", FileAsync).WithSummary("The received dataset");
    }

    private static async Task<IResult> GetAsync(Guid id, EncryptionDb db, DatasetProgress progress, DatasetSource source, CancellationToken cancellationToken) =>
        await db.Datasets.AsNoTracking().SingleOrDefaultAsync(d => d.Id == id, cancellationToken) is { } dataset
            ? Results.Ok(View(dataset, progress, source))
            : Results.Problem($"There is no dataset {id} here.", statusCode: StatusCodes.Status404NotFound);

    private static Task<IResult> DescribeAsync(
        Guid id, DatasetDraft draft, PublishDataset publish, DatasetProgress progress, DatasetSource source, CancellationToken cancellationToken) =>
        ExplainAsync(async () => Results.Ok(View(await publish.DescribeAsync(id, draft, cancellationToken), progress, source)));

    private static Task<IResult> AppendAsync(Guid id, long offset, HttpRequest request, PublishDataset publish, IOptions<DatasetOptions> options, CancellationToken cancellationToken) =>
        ExplainAsync(async () =>
        {
            try
            {
                var (taken, length) = await publish.AppendAsync(id, offset, request.Body, options.Value.MaxBytes, cancellationToken);
                return taken ? Results.Ok(new { Uploaded = length }) : Results.Json(new { Uploaded = length }, statusCode: StatusCodes.Status409Conflict);
            }
            catch (IOException e) when (e is not BadHttpRequestException && !cancellationToken.IsCancellationRequested)
            {
                return Results.Problem($"The upload of the dataset {id} is under way elsewhere, or the disk does not take it: {e.Message}", statusCode: StatusCodes.Status409Conflict);
            }
        });

    private static Task<IResult> PublishAsync(Guid id, PublishDataset publish, DatasetProgress progress, DatasetSource source, CancellationToken cancellationToken) =>
        ExplainAsync(async () => Results.Accepted($"/api/datasets/{id}", View(await publish.PublishAsync(id, cancellationToken), progress, source)));

    private static Task<IResult> DropAsync(Guid id, PublishDataset publish, CancellationToken cancellationToken) =>
        ExplainAsync(async () =>
        {
            await publish.DropAsync(id, cancellationToken);
            return Results.NoContent();
        });

    private static async Task<IResult> AskAsync(Guid id, AskedToken token, AskForDataset ask, CancellationToken cancellationToken)
    {
        try
        {
            return Results.Ok(View(await ask.RunAsync(id, token.TokenId ?? "", cancellationToken)));
        }
        catch (FormatException)
        {
            return Results.Problem($"'{token.TokenId}' is no token's number: 0x and 64 hexadecimal digits.", statusCode: StatusCodes.Status400BadRequest);
        }
    }

    private static async Task<IResult> FileAsync(Guid id, EncryptionDb db, CancellationToken cancellationToken) =>
        await db.AskedDatasets.AsNoTracking().SingleOrDefaultAsync(a => a.Id == id, cancellationToken) is { State: AskedState.Received, File: { } file }
            ? Results.File(file, "application/octet-stream", enableRangeProcessing: true)
            : Results.Problem($"Nothing was received for the request {id}.", statusCode: StatusCodes.Status404NotFound);

    private static async Task<IResult> ExplainAsync(Func<Task<IResult>> act)
    {
        try
        {
            return await act();
        }
        catch (DatasetRefusedException e)
        {
            return Results.Problem(e.Message, statusCode: StatusCodes.Status400BadRequest);
        }
    }

    private static object View(DatasetRow dataset, DatasetProgress progress, DatasetSource source)
    {
        var draft = JsonSerializer.Deserialize<DatasetDraft>(dataset.Draft)!;
        var upload = new FileInfo(source.Upload(dataset.Id));
        var step = progress.Of(dataset.Id);
        return new
        {
            dataset.Id,
            draft.Name,
            draft.Format,
            File = draft.FileName,
            State = dataset.State.ToString(),
            Uploaded = upload.Exists ? upload.Length : 0,
            Done = step?.Done,
            Total = step?.Total,
            dataset.TokenId,
            dataset.Cid,
            dataset.Problem,
        };
    }

    private static object View(DeliveryRow delivery) => new
    {
        delivery.RequestId,
        delivery.DatasetId,
        delivery.Requester,
        State = delivery.State.ToString(),
        delivery.Cid,
        Receipt = delivery.Receipt is { } receipt ? JsonSerializer.Deserialize<DeliveryReceipt>(receipt) : null,
        delivery.Problem,
    };

    private static object View(AskedDatasetRow asked) => new
    {
        asked.Id,
        asked.TokenId,
        State = asked.State.ToString(),
        asked.RequestId,
        asked.File,
        asked.Bytes,
        asked.Problem,
    };

    private sealed record AskedToken(string? TokenId);
}
