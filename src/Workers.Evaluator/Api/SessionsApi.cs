using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Workers.Evaluator.Collecting;
using Workers.Evaluator.Sessions;
using Workers.Hosting.Transactions;

namespace Workers.Evaluator.Api;

/// <summary>Sessions for people and programs: what the chain says, what this house does in them.</summary>
internal static class SessionsApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/account", (MainAccount account) => new { Address = account.Address.ToString() }).WithTags("Account").WithSummary("The account of this house");

        var sessions = api.MapGroup("/sessions").WithTags("Sessions");
        sessions.MapGet("/", async (EvaluatorDb db, CancellationToken ct) =>
            await db.Sessions.AsNoTracking().OrderByDescending(s => s.IsOpen).Select(s => new { s.SessionId, s.Collector, State = s.State.ToString(), s.IsOpen }).Take(1_000).ToListAsync(ct))
            .WithSummary("All sessions that the chain tells of");
        sessions.MapGet("/{sessionId}", SessionAsync).WithSummary("One session as the chain tells it");
        sessions.MapPut("/{orderId:guid}", OrderAsync).WithSummary("Open a session; the same id twice is one session");

        api.MapGet("/collections", async (EvaluatorDb db, CancellationToken ct) => (await db.Collections.AsNoTracking().OrderBy(c => c.OrderedAt).ToListAsync(ct)).Select(View))
            .WithTags("Collecting").WithSummary("This collector's sessions");
        api.MapGet("/collections/{sessionId}/scores", async (string sessionId, EvaluatorDb db, CancellationToken ct) =>
            await db.Scores.AsNoTracking().Where(s => s.SessionId == sessionId && !s.IsPending).OrderByDescending(s => s.Score)
                .Select(s => new { s.Provider, s.Score, s.Correct, s.Total, s.Problem, s.At }).ToListAsync(ct))
            .WithTags("Collecting").WithSummary("What the providers' features are worth, best first");
        api.MapGet("/collections/{sessionId}/scores/{provider}/report", ReportAsync).WithTags("Collecting").WithSummary("A score with all that it was computed from, signed");
        api.MapGet("/collections/{sessionId}/inspections", async (string sessionId, EvaluatorDb db, CancellationToken ct) =>
            await db.Inspections.AsNoTracking().Where(i => i.SessionId == sessionId && !i.IsPending).Select(i => new { i.Provider, i.Problem, i.EvidenceHash }).ToListAsync(ct))
            .WithTags("Collecting").WithSummary("What came out when reviews were looked into");

        api.MapGet("/provisions", async (EvaluatorDb db, CancellationToken ct) =>
            await db.Provisions.AsNoTracking().OrderBy(p => p.At).Select(p => new { p.SessionId, State = p.State.ToString(), p.Reason, p.Dataset, p.Shards }).ToListAsync(ct))
            .WithTags("Providing").WithSummary("Sessions that this provider judged, and joined or declined");
        api.MapGet("/accusations", async (EvaluatorDb db, CancellationToken ct) =>
            await db.Accusations.AsNoTracking().Select(a => new { a.SessionId, a.Provider, a.EvidenceHash, a.IsFounded, a.Reason }).ToListAsync(ct))
            .WithTags("Arbitrating").WithSummary("Accusations that this arbiter judged, with the reason");
    }

    private static async Task<IResult> SessionAsync(string sessionId, EvaluatorDb db, SessionChain chain, CancellationToken cancellationToken)
    {
        if (await db.Sessions.FindAsync([sessionId], cancellationToken) is null)
        {
            return Results.Problem($"No session {sessionId} is known here yet.", statusCode: StatusCodes.Status404NotFound);
        }

        var session = await chain.SessionAsync(sessionId, cancellationToken);
        return Results.Ok(new
        {
            session.Id,
            State = session.State.ToString(),
            session.Terms,
            session.Deadline,
            Candidate = session.Naming?.Fact.Provider,
            Condemned = session.Condemnations.Select(c => c.Fact.Candidate),
            Outcome = session.End?.Fact.Outcome.ToString(),
            ToCollector = session.End?.Fact.ToCollector,
            ToCandidate = session.End?.Fact.ToCandidate,
            Providers = session.Participants.Values.Select(p => new
            {
                p.Account,
                p.Registration.Fact.Shards,
                Sampled = p.Sampling is not null,
                Submitted = p.Submission is not null,
                Shown = p.Review is not null,
                p.IsCondemned,
                p.HasDepositBack,
            }),
        });
    }

    private static async Task<IResult> OrderAsync(Guid orderId, SessionOrder order, OpenSession sessions, CancellationToken cancellationToken)
    {
        try
        {
            return Results.Ok(View(await sessions.RunAsync(orderId, order, cancellationToken)));
        }
        catch (SessionOrderException e)
        {
            return Results.Problem(e.Message, statusCode: StatusCodes.Status400BadRequest);
        }
    }

    private static async Task<IResult> ReportAsync(string sessionId, string provider, EvaluatorDb db, CancellationToken cancellationToken) =>
        await db.Scores.AsNoTracking().SingleOrDefaultAsync(s => s.SessionId == sessionId && s.Provider == provider, cancellationToken) switch
        {
            { IsPending: true } => Results.Problem($"{provider} is being scored.", statusCode: StatusCodes.Status404NotFound),
            { Problem: null } score => Results.Text(score.Report, "application/json"),
            { } refused => Results.Problem($"{provider} has no score: {refused.Problem}", statusCode: StatusCodes.Status404NotFound),
            null => Results.Problem($"{provider} was not scored in session {sessionId} yet.", statusCode: StatusCodes.Status404NotFound),
        };

    private static object View(CollectionRow row) => new
    {
        row.SessionId,
        row.OrderId,
        State = row.State.ToString(),
        row.Problem,
        row.Samples,
        row.OrderedAt,
        Terms = JsonSerializer.Deserialize<SessionTerms>(row.Terms),
    };
}
