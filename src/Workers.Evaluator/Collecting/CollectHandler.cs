using System.Numerics;
using System.Security.Cryptography;
using System.Text.Json;
using Ethereum;
using Ethereum.Contracts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Evaluator.Sessions;
using Workers.Hosting.Messaging;
using Workers.Hosting.Transactions;

namespace Workers.Evaluator.Collecting;

/// <summary>The collector's part of a session: open it, sample, have features scored, name the best, have its review inspected, take it or leave it.</summary>
public sealed class CollectHandler(EvaluatorDb db, SessionChain chain, MainAccount account, IOptions<CollectingOptions> options, TimeProvider clock) : IHandler<SessionChanged>
{
    /// <inheritdoc/>
    public async Task HandleAsync(SessionChanged message, CancellationToken cancellationToken)
    {
        if (await db.Collections.FindAsync([message.SessionId], cancellationToken) is not { State: CollectionState.Opening or CollectionState.Open } row)
        {
            return;
        }

        var session = await chain.SessionAsync(message.SessionId, cancellationToken);
        if (session.Terms is not { } terms)
        {
            await OpenAsync(row, cancellationToken);
            return;
        }

        row.State = CollectionState.Open;
        var scores = await db.Scores.AsNoTracking().Where(s => s.SessionId == session.Id).ToListAsync(cancellationToken);
        var review = session.Candidate?.Review;
        var inspection = review is null ? null
            : await db.Inspections.AsNoTracking().SingleOrDefaultAsync(
                i => i.SessionId == session.Id && i.Provider == review.Fact.Provider && i.ReviewBlockHash == review.Block.Hash, cancellationToken);
        var final = await FinalBlocksAsync(session, cancellationToken);
        var chainTime = await chain.TimeAsync(cancellationToken);
        foreach (var step in CollectingPolicy.Next(session, final.Contains, scores, inspection, chainTime, options.Value))
        {
            await TakeAsync(step, row, session, terms, cancellationToken);
        }
    }

    private async Task TakeAsync(CollectStep step, CollectionRow row, Session session, SessionTerms terms, CancellationToken cancellationToken)
    {
        switch (step)
        {
            case CollectStep.Sample(var provider) when await chain.IsAllowedAsync(Address.Parse(provider), cancellationToken):
                var seed = (uint)RandomNumberGenerator.GetInt32(1, int.MaxValue);
                await SubmitAsync(session, $"sample/{provider}", new TradingSessions.SampleDataCall(terms.ToCall(), Address.Parse(provider), seed).Encode(), cancellationToken);
                break;
            case CollectStep.Score(var provider, var announcement):
                await ScoreAsync(session.Id, provider, announcement, cancellationToken);
                break;
            case CollectStep.Name(var provider):
                await SubmitAsync(session, $"candidate/{provider}", new TradingSessions.SetCandidateCall(terms.ToCall(), Address.Parse(provider)).Encode(), cancellationToken);
                break;
            case CollectStep.Inspect(var provider, var block):
                db.Inspections.Add(new InspectionRow { SessionId = session.Id, Provider = provider, ReviewBlockHash = block, IsPending = true });
                db.Publish(new InspectReview(session.Id, provider, block));
                break;
            case CollectStep.Choose(var provider):
                await SubmitAsync(session, $"optimal/{provider}", new TradingSessions.SetOptimalCall(terms.ToCall(), Address.Parse(provider)).Encode(), cancellationToken);
                break;
            case CollectStep.Close:
                await SubmitAsync(session, $"close/{session.State}/{session.Naming?.Fact.Provider}", new TradingSessions.CloseCall(terms.ToCall()).Encode(), cancellationToken);
                break;
            case CollectStep.Fetch:
                row.State = CollectionState.Fetching;
                db.Publish(new FetchDataset(session.Id));
                break;
            case CollectStep.Finish when await chain.IsFinalAsync(session.End, cancellationToken):
                row.State = CollectionState.Closed;
                break;
        }
    }

    private async Task ScoreAsync(string sessionId, string provider, string announcement, CancellationToken cancellationToken)
    {
        if (await db.Scores.FindAsync([sessionId, provider], cancellationToken) is { } score)
        {
            (score.BundleHash, score.IsPending) = (announcement, true);
        }
        else
        {
            db.Scores.Add(new ScoreRow { SessionId = sessionId, Provider = provider, BundleHash = announcement, IsPending = true, At = clock.GetUtcNow() });
        }

        db.Publish(new ScoreFeatures(sessionId, provider, announcement));
    }

    private async Task OpenAsync(CollectionRow row, CancellationToken cancellationToken)
    {
        var terms = JsonSerializer.Deserialize<SessionTerms>(row.Terms)!;
        var spending = new Spending(CreateKey(row.SessionId), account.Address, chain.Contract, "the sessions' contract", new BigInteger(terms.Reward), row.OrderedAt);
        if (await Allowance.SubmitAsync(db, chain, spending, () => Task.FromResult(new TradingSessions.CreateSessionCall(terms.ToCall()).Encode()), cancellationToken) is { } problem)
        {
            (row.State, row.Problem) = (CollectionState.Failed, problem);
        }
    }

    /// <summary>The transaction that opens a session.</summary>
    internal static string CreateKey(string sessionId) => $"session/{sessionId}/create";

    private async Task<HashSet<BlockPosition>> FinalBlocksAsync(Session session, CancellationToken cancellationToken)
    {
        var final = new HashSet<BlockPosition>();
        foreach (var block in session.Participants.Values
            .SelectMany(p => new BlockPosition?[] { p.Sampling is null ? p.Registration.Block : null, p.Submission?.Block, p.Review?.Block })
            .OfType<BlockPosition>().Distinct())
        {
            if (await chain.IsFinalAsync(block.Number, block.Hash, cancellationToken))
            {
                final.Add(block);
            }
        }

        return final;
    }

    private Task<bool> SubmitAsync(Session session, string step, byte[] data, CancellationToken cancellationToken) =>
        db.SubmitAsync($"session/{session.Id}/{step}", account.Address, chain.Contract, data, cancellationToken);
}

/// <summary>A session that the contract refused to open never begins.</summary>
public sealed class CreationOutcomeHandler(EvaluatorDb db) : IHandler<Contracts.Messages.TransactionOutcome>
{
    /// <inheritdoc/>
    public async Task HandleAsync(Contracts.Messages.TransactionOutcome message, CancellationToken cancellationToken)
    {
        if (message.State == Contracts.Messages.TransactionState.Reverted
            && message.Key.Split('/') is ["session", var id, "create"]
            && await db.Collections.FindAsync([id], cancellationToken) is { State: CollectionState.Opening } row)
        {
            (row.State, row.Problem) = (CollectionState.Failed, $"The sessions' contract refused to open it: {message.Error}.");
        }
    }
}
