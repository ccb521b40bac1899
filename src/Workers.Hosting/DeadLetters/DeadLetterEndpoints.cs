using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Workers.Hosting.Data;
using Workers.Hosting.Http;

namespace Workers.Hosting.DeadLetters;

/// <summary>A dead letter as the operator sees it in the list.</summary>
/// <param name="Handler">Whose it is; <c>outbox</c> for a message that could not be sent.</param>
public sealed record DeadLetterSummary(long Id, string Worker, string Handler, string? MessageType, Guid? MessageId, string? CorrelationId, DateTimeOffset At, string Reason);

/// <summary>A dead letter with its body: as text where it is UTF-8, otherwise base64.</summary>
public sealed record DeadLetterDetail(DeadLetterSummary Summary, string? Text, string? Base64);

/// <summary>
/// The operator's to-do list: <c>/ops/dead-letters/{worker}</c>, from this machine only and with the API token.
/// </summary>
internal static class DeadLetterEndpoints
{
    private const int PageSize = 100;

    public static void Map<TDb>(IEndpointRouteBuilder app, string worker)
        where TDb : WorkerDbContext
    {
        var group = app.MapGroup($"/ops/dead-letters/{worker}").RequireLoopback().RequireApiToken().ExplainDatabaseFaults().ExcludeFromDescription();

        group.MapGet("/", (HttpContext http, long? after, CancellationToken token) => ListAsync(http.RequestServices.GetRequiredService<TDb>(), worker, after ?? 0, token));
        group.MapGet("/{id:long}", (HttpContext http, long id, CancellationToken token) => ShowAsync(http.RequestServices.GetRequiredService<TDb>(), worker, id, token));
        group.MapPost("/{id:long}/replay", (HttpContext http, TimeProvider clock, long id, CancellationToken token) => ReplayAsync(http.RequestServices.GetRequiredService<TDb>(), clock, id, token));
        group.MapDelete("/{id:long}", (HttpContext http, long id, CancellationToken token) => DiscardAsync(http.RequestServices.GetRequiredService<TDb>(), id, token));
    }

    private static async Task<Ok<DeadLetterSummary[]>> ListAsync(WorkerDbContext db, string worker, long after, CancellationToken cancellationToken)
    {
        var rows = await db.DeadLetters.AsNoTracking().Where(r => r.Id > after).OrderBy(r => r.Id).Take(PageSize).ToListAsync(cancellationToken);
        return TypedResults.Ok(rows.Select(r => Summary(worker, r)).ToArray());
    }

    private static async Task<Results<Ok<DeadLetterDetail>, NotFound>> ShowAsync(WorkerDbContext db, string worker, long id, CancellationToken cancellationToken)
    {
        if (await db.DeadLetters.AsNoTracking().FirstOrDefaultAsync(r => r.Id == id, cancellationToken) is not { } row)
        {
            return TypedResults.NotFound();
        }

        var text = Text(row.Body);
        return TypedResults.Ok(new DeadLetterDetail(Summary(worker, row), text, text is null ? Convert.ToBase64String(row.Body) : null));
    }

    private static async Task<Results<Accepted, NotFound, ProblemHttpResult>> ReplayAsync(WorkerDbContext db, TimeProvider clock, long id, CancellationToken cancellationToken)
    {
        if (await db.DeadLetters.FirstOrDefaultAsync(r => r.Id == id, cancellationToken) is not { } row)
        {
            return TypedResults.NotFound();
        }

        if (Text(row.Body) is not { } body)
        {
            return TypedResults.Problem("The body is not text, so no message can be made of it. Discard it.", statusCode: StatusCodes.Status409Conflict);
        }

        db.Outbox.Add(new OutboxRow
        {
            MessageId = row.MessageId ?? Guid.NewGuid(),
            MessageType = row.MessageType ?? string.Empty,
            Body = body,
            CorrelationId = row.CorrelationId,
            CreatedAt = clock.GetUtcNow(),
            Queue = row.Queue,
        });
        db.DeadLetters.Remove(row);
        return await SavedAsync(db, cancellationToken) ? TypedResults.Accepted((string?)null) : TypedResults.NotFound();
    }

    private static async Task<Results<NoContent, NotFound>> DiscardAsync(WorkerDbContext db, long id, CancellationToken cancellationToken) =>
        await db.DeadLetters.Where(r => r.Id == id).ExecuteDeleteAsync(cancellationToken) == 1 ? TypedResults.NoContent() : TypedResults.NotFound();

    private static async Task<bool> SavedAsync(WorkerDbContext db, CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return true;
        }
        catch (DbUpdateConcurrencyException)
        {
            // Somebody else replayed or discarded it in the meantime.
            return false;
        }
    }

    private static DeadLetterSummary Summary(string worker, DeadLetterRow r) =>
        new(r.Id, worker, r.Handler, r.MessageType, r.MessageId, r.CorrelationId, r.At, r.Reason);

    /// <summary>Null where it is not UTF-8, or holds the NUL that PostgreSQL's text cannot.</summary>
    private static string? Text(byte[] body)
    {
        try
        {
            var text = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(body);
            return text.Contains('\0', StringComparison.Ordinal) ? null : text;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
