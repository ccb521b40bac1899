using System.Security.Cryptography;
using System.Text.Json;
using Ethereum;
using Mechanisms.PrivacyGame;
using Mechanisms.PrivacyGame.Models;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Messaging;
using Workers.Hosting.Transactions;
using Workers.Oracle.Nodes;
using Workers.Oracle.Requests;

namespace Workers.Oracle.Solving;

/// <summary>Solve a request's game, for this attempt.</summary>
public sealed record SolveGame(string RequestId, int Attempt);

/// <summary>Solves, seals, stores; or writes down why there can be no model.</summary>
public sealed partial class SolveGameHandler(
    OracleDb db, OracleChain chain, OracleContent content, KeyVault vault, MainAccount account, IOptions<NodeOptions> options, TimeProvider clock, ILogger<SolveGameHandler> logger)
    : IHandler<SolveGame>
{
    /// <inheritdoc/>
    public async Task HandleAsync(SolveGame message, CancellationToken cancellationToken)
    {
        var (id, attempt) = (message.RequestId, message.Attempt);
        var row = await db.Solutions.FindAsync([id, attempt], cancellationToken);
        var gathered = await db.Gatherings.FindAsync([id], cancellationToken);
        var request = await chain.RequestAsync(id, cancellationToken);
        if (row is not { Proposal: null, Problem: null } || gathered?.ProfileDigest is not { } digest || request.Asked is null)
        {
            return;
        }

        var standing = await chain.StandingAsync(id, account.Address, cancellationToken);
        if (standing.State != RequestState.Solving || standing.Attempt != attempt || standing.Solver != account.Address.ToString())
        {
            // The turn is another's by now, or the round before vanished in a reorganisation; if it comes back, it begins anew.
            db.Solutions.Remove(row);
            return;
        }

        var started = clock.GetTimestamp();
        var requested = await RequestedGame.OfAsync(request, gathered, content, vault, cancellationToken);
        var proposal = requested.Refusal is { } refusal
            ? await RefuseAsync(digest, refusal, cancellationToken)
            : await SolveAsync(request, requested.Game!, digest, row, standing, cancellationToken);
        row.Seconds = clock.GetElapsedTime(started).TotalSeconds;
        row.Proposal = proposal is null ? null : JsonSerializer.Serialize(proposal);
        db.Publish(new RequestChanged(id));
    }

    private async Task<Proposal> RefuseAsync(string digest, RefusalDocument refusal, CancellationToken cancellationToken)
    {
        var document = refusal.Write();
        await content.PutAsync(document, cancellationToken);
        return new Proposal(digest, PublicJson.HashOf(document), Hash32.Zero.ToString(), DateTimeOffset.UnixEpoch, IsRefusal: true);
    }

    private async Task<Proposal?> SolveAsync(OracleRequest request, CollaborativeGame game, string digest, SolutionRow row, Standing standing, CancellationToken cancellationToken)
    {
        var now = await chain.TimeAsync(cancellationToken);
        var solution = Solve(game, options.Value.SolveShare * (standing.Deadline - now), cancellationToken);
        var expires = now + request.Terms.SolveWindow + request.Terms.VoteWindow + request.Terms.Validity;
        using var watermarkKey = Secret.Random(Watermark.KeyLength);
        var watermark = new Watermark(watermarkKey.Reveal());
        var requestId = Hash32.Parse(request.Id);
        var model = PrivacyModel.From(game, solution, new ModelTerms([.. requestId.ToArray()], expires, [.. watermark.Commitment]), watermark);
        var verdict = ModelCheck.Check(model, game, requestId.ToArray(), expires, watermark);
        if (verdict.Problem is { } problem)
        {
            row.Problem = $"The solution is not proposed, because other nodes would reject it: {problem}";
            LogUseless(request.Id, row.Problem);
            return null;
        }

        (row.Cost, row.LowerBound, row.Privacy) = (verdict.Findings!.Cost, verdict.Findings.LowerBound, verdict.Findings.Privacy);
        var bytes = PrivacyModelFile.Write(model);
        var sealedModel = await SealedModel.SealAsync(
            new ModelReference(chain.ChainId, chain.Contract, requestId), bytes, watermarkKey, await RecipientsAsync(request, cancellationToken), body => content.PutAsync(body, cancellationToken));
        await content.PutAsync(sealedModel.Head, cancellationToken);
        return new Proposal(digest, new Hash32(SHA256.HashData(bytes)).ToString(), PublicJson.HashOf(sealedModel.Head), expires, IsRefusal: false);
    }

    /// <summary>First a solution that others accept, quickly; then a better one, as far as there is time.</summary>
    private Certificate Solve(CollaborativeGame game, TimeSpan time, CancellationToken cancellationToken)
    {
        var solver = GameSolvers.Best(game);
        var solution = solver.Solve(game, new SolverLimits(ModelCheck.MaxGap * 0.8), cancellationToken: cancellationToken);
        using var timer = StepTimer.Start(time, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            return solver.Solve(game, new SolverLimits(options.Value.Gap), cancellationToken: either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            LogInTime(time);
            return solution;
        }
    }

    private async Task<List<ModelRecipient>> RecipientsAsync(OracleRequest request, CancellationToken cancellationToken)
    {
        var committee = request.Asked!.Fact.Committee;
        var keys = await db.Nodes.AsNoTracking().Where(n => committee.Contains(n.Node)).ToListAsync(cancellationToken);
        return [new ModelRecipient(SealedModel.Group, request.Terms.GroupKey), .. keys.Where(n => n.PublicKey.Length > 0).Select(n => new ModelRecipient(Address.Parse(n.Node), n.PublicKey))];
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Request {RequestId}: {Problem}")]
    private partial void LogUseless(string requestId, string problem);

    [LoggerMessage(Level = LogLevel.Information, Message = "The wanted gap was not proved within {Time}; what was found before is proposed")]
    private partial void LogInTime(TimeSpan time);
}
