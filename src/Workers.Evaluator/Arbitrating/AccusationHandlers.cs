using System.Security.Cryptography;
using ContentStore;
using Ethereum;
using Ethereum.Contracts;
using Mechanisms.Learning;
using Microsoft.Extensions.Options;
using Workers.Evaluator.Agreements;
using Workers.Evaluator.Features;
using Workers.Evaluator.Sessions;
using Workers.Evaluator.Shards;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Messaging;
using Workers.Hosting.Transactions;

namespace Workers.Evaluator.Arbitrating;

/// <summary>Sees accusations in sessions that name this house's account as their arbiter.</summary>
public sealed class AccusedHandler(EvaluatorDb db, SessionChain chain, MainAccount account, IOptions<EvaluatorOptions> options) : IHandler<Observed<CommunicationLog.RecordedEvent>>
{
    /// <inheritdoc/>
    public async Task HandleAsync(Observed<CommunicationLog.RecordedEvent> message, CancellationToken cancellationToken)
    {
        var (e, position) = (message.Event, message.Position);
        var (sessionId, hash) = (e.ApplicationId.ToString(), e.ContentHash.ToString());
        if (e.Kind != Evidence.Kind)
        {
            return;
        }

        var session = await chain.SessionAsync(sessionId, cancellationToken);
        var isOnChain = session.Terms is not null
            || (await chain.ReadAsync(chain.Contract, new TradingSessions.SessionCall(e.ApplicationId), cancellationToken)).State != 0;
        var step = ArbitratingPolicy.OnAccused(session, isOnChain, account.Address.ToString(), e.Pseudonym.ToString());
        if (step is ArbitrateStep.Wait(var what))
        {
            throw new TooEarlyException(what, options.Value.FetchInterval);
        }

        if (step is not ArbitrateStep.Hear || await db.Accusations.FindAsync([sessionId, hash, position.BlockHash], cancellationToken) is not null)
        {
            return;
        }

        db.Accusations.Add(new AccusationRow { SessionId = sessionId, EvidenceHash = hash, BlockNumber = checked((long)position.BlockNumber), BlockHash = position.BlockHash });
        db.Publish(new JudgeAccusation(sessionId, hash, position.BlockHash));
    }
}

/// <summary>Judge an accusation.</summary>
public sealed record JudgeAccusation(string SessionId, string EvidenceHash, string BlockHash);

/// <summary>Repeats the collector's inspection from the evidence alone, and condemns the review when it is false.</summary>
public sealed class JudgeAccusationHandler(
    EvaluatorDb db, SessionChain chain, AgreementReader agreements, ReviewInspection inspection, MainAccount account, IOptions<EvaluatorOptions> options) : IHandler<JudgeAccusation>
{
    /// <inheritdoc/>
    public async Task HandleAsync(JudgeAccusation message, CancellationToken cancellationToken)
    {
        var row = await db.Accusations.FindAsync([message.SessionId, message.EvidenceHash, message.BlockHash], cancellationToken)
            ?? throw new RejectedException($"The accusation {message.EvidenceHash} in session {message.SessionId} is not in this database.");
        var session = await chain.SessionAsync(message.SessionId, cancellationToken);
        if (row.IsFounded is not null)
        {
            return;
        }

        switch (ArbitratingPolicy.OnJudging(session, await FinalAsync(session, row, cancellationToken), Block(row), await chain.TimeAsync(cancellationToken)))
        {
            case ArbitrateStep.Dismiss(var reason):
                (row.IsFounded, row.Reason) = (false, reason);
                break;
            case ArbitrateStep.Wait(var what):
                throw new TooEarlyException(what, options.Value.FetchInterval);
            case ArbitrateStep.Inspect(var candidate):
                await JudgeAsync(row, session, candidate, cancellationToken);
                break;
        }
    }

    private static BlockPosition Block(AccusationRow row) => new(row.BlockNumber, row.BlockHash);

    private async Task<Func<BlockPosition, bool>> FinalAsync(Session session, AccusationRow row, CancellationToken cancellationToken)
    {
        var final = new HashSet<BlockPosition>();
        foreach (var block in (BlockPosition?[])[Block(row), session.Candidate?.Review?.Block])
        {
            if (block is { } found && await chain.IsFinalAsync(found.Number, found.Hash, cancellationToken))
            {
                final.Add(found);
            }
        }

        return final.Contains;
    }

    private async Task JudgeAsync(AccusationRow row, Session session, Participant candidate, CancellationToken cancellationToken)
    {
        string? problem;
        try
        {
            problem = await ProblemAsync(row, session, candidate, cancellationToken);
            (row.IsFounded, row.Reason) = (problem is not null, problem ?? "The sampled shards open, and the submitted features are theirs.");
        }
        catch (Exception e) when (e is FormatException or AgreementException or HpkeException or FeatureException)
        {
            (row.IsFounded, row.Reason, problem) = (false, $"The evidence is no good: {e.Message}", null);
        }

        row.Provider = candidate.Account;
        if (problem is not null)
        {
            await db.SubmitAsync(
                $"session/{session.Id}/condemn/{candidate.Account}", account.Address, chain.Contract, new TradingSessions.CloseCall(session.Terms!.ToCall()).Encode(), cancellationToken);
        }
    }

    private async Task<string?> ProblemAsync(AccusationRow row, Session session, Participant candidate, CancellationToken cancellationToken)
    {
        var terms = session.Terms!;
        var agreement = await agreements.AgreementAsync(terms, cancellationToken);
        var evidence = Evidence.Read(await agreements.ReadAsync(Evidence.CidOf(Hash32.Parse(row.EvidenceHash)), Evidence.MaxBytes, cancellationToken));
        using var pair = evidence.OpenKey(session.Id, candidate.Account, agreement.ReviewKey);
        var extractor = await agreements.ExtractorAsync(terms, agreement, cancellationToken);
        var sample = ShardTree.Sample(candidate.Registration.Fact.Shards, terms.SampleShare, candidate.Sampling!.Fact.Seed);
        var length = FeatureBundle.LengthOf(extractor.Features(sample.Count * agreement.Shards.Samples));
        if (!Cid.TryParse(evidence.Features, out var features))
        {
            throw new FormatException("It does not say where the features are.");
        }

        var bundle = await agreements.ReadAsync(features, length, cancellationToken);
        Evidence.CheckAnnounced(candidate.Submission!.Fact.SealedFeatures, bundle);
        Secret sessionKey;
        try
        {
            sessionKey = SealedSessionKey.Open(pair, candidate.Review!.Fact.SealedKey, chain.Reference(session.Id), Address.Parse(candidate.Account));
        }
        catch (HpkeException e)
        {
            return $"The session key does not open: {e.Message}";
        }

        using (sessionKey)
        {
            return await inspection.ProblemAsync(chain.Reference(session.Id), terms, candidate, sessionKey, bundle, cancellationToken);
        }
    }
}
