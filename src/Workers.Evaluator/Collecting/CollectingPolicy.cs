using Workers.Evaluator.Sessions;

namespace Workers.Evaluator.Collecting;

/// <summary>Something that the collector does next about one session.</summary>
public abstract record CollectStep
{
    /// <summary>Draw this provider's sample.</summary>
    public sealed record Sample(string Provider) : CollectStep;

    /// <summary>Score this provider's features, in the background.</summary>
    public sealed record Score(string Provider, string Announcement) : CollectStep;

    /// <summary>Make this provider the candidate.</summary>
    public sealed record Name(string Provider) : CollectStep;

    /// <summary>Look into the candidate's review.</summary>
    public sealed record Inspect(string Provider, string ReviewBlockHash) : CollectStep;

    /// <summary>Take the candidate's data.</summary>
    public sealed record Choose(string Provider) : CollectStep;

    /// <summary>End the session, or the candidate's part in it, by the contract's rules.</summary>
    public sealed record Close : CollectStep;

    /// <summary>Fetch and open everything.</summary>
    public sealed record Fetch : CollectStep;

    /// <summary>It ended without a trade.</summary>
    public sealed record Finish : CollectStep;
}

/// <summary>The collector's rules as pure functions.</summary>
public static class CollectingPolicy
{
    /// <summary>The next steps, which do not depend on each other.</summary>
    /// <param name="isFinal">Whether the fact in this block can no longer vanish.</param>
    /// <param name="scores">Of this session.</param>
    /// <param name="inspection">Of the present candidate's present review; null when it was not looked into.</param>
    /// <param name="chainTime">Time of the chain's latest block.</param>
    public static IEnumerable<CollectStep> Next(
        Session session, Func<BlockPosition, bool> isFinal, IReadOnlyList<ScoreRow> scores, InspectionRow? inspection, DateTimeOffset chainTime, CollectingOptions options)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(options);
        return session.State switch
        {
            SessionState.Pending when chainTime > session.Terms!.Expiry => [new CollectStep.Close()],
            SessionState.Pending => Evaluate(session, isFinal, scores, chainTime, options),
            SessionState.Reviewing => Decide(session, isFinal, inspection, chainTime, options) is { } step ? [step] : [],
            SessionState.Reviewed when chainTime > session.Deadline => [new CollectStep.Close()],
            SessionState.Closed when session.End!.Fact.Outcome == SessionOutcome.Traded => session.Claim is null ? [] : [new CollectStep.Fetch()],
            SessionState.Closed => [new CollectStep.Finish()],
            _ => [],
        };
    }

    // A seed that is known before the registration is final could be answered by another registration: so is a sample drawn only after it.
    private static IEnumerable<CollectStep> Evaluate(
        Session session, Func<BlockPosition, bool> isFinal, IReadOnlyList<ScoreRow> scores, DateTimeOffset chainTime, CollectingOptions options)
    {
        var inGame = session.Participants.Values.Where(p => !p.IsCondemned).ToList();
        foreach (var p in inGame.Where(p => p.Sampling is null && isFinal(p.Registration.Block) && session.Condemnations.All(c => c.Fact.Candidate != p.Account)))
        {
            yield return new CollectStep.Sample(p.Account);
        }

        foreach (var p in inGame.Where(p => p.Submission is not null && ScoreOf(p) is null))
        {
            yield return new CollectStep.Score(p.Account, Announced(p));
        }

        var last = chainTime >= session.Terms!.Expiry - options.NamingMargin;
        var enough = options.EnoughProviders > 0 && scores.Count(s => !s.IsPending) >= options.EnoughProviders;
        if (!last && !enough)
        {
            yield break;
        }

        // Whoever was scored first would win over better ones whose features are not final yet.
        var submitted = inGame.Where(p => p.Submission is not null).ToLookup(p => isFinal(p.Submission!.Block));
        if (!last && submitted[false].Any())
        {
            yield break;
        }

        var best = submitted[true]
            .Select(ScoreOf)
            .Where(s => s is { IsPending: false, Problem: null } && s.Score >= options.MinimumScore)
            .OrderByDescending(s => s!.Score).ThenBy(s => s!.Provider, StringComparer.Ordinal)
            .FirstOrDefault();
        if (best is not null)
        {
            yield return new CollectStep.Name(best.Provider);
        }
        else if (last)
        {
            yield return new CollectStep.Close();
        }

        // After a reorganisation a provider may have announced something else.
        ScoreRow? ScoreOf(Participant p) => scores.FirstOrDefault(s => s.Provider == p.Account && s.BundleHash == Announced(p));
    }

    /// <summary>The first 32 bytes of an announcement: the bundle's hash, when it is well-formed.</summary>
    internal static string Announced(Participant participant) =>
        Convert.ToHexStringLower(participant.Submission!.Fact.SealedFeatures.AsSpan(0, Math.Min(32, participant.Submission.Fact.SealedFeatures.Length)));

    private static CollectStep? Decide(Session session, Func<BlockPosition, bool> isFinal, InspectionRow? inspection, DateTimeOffset chainTime, CollectingOptions options)
    {
        if (session.Candidate?.Review is not { } review)
        {
            return chainTime > session.Deadline ? new CollectStep.Close() : null;
        }

        if (chainTime > session.Deadline)
        {
            return new CollectStep.Close();
        }

        return inspection switch
        {
            null => isFinal(review.Block) ? new CollectStep.Inspect(review.Fact.Provider, review.Block.Hash) : null,
            { IsPending: true } => null,
            { Problem: null } => new CollectStep.Choose(review.Fact.Provider),
            { EvidenceHash: not null } when chainTime < session.Deadline - options.DecisionMargin => null,
            _ => new CollectStep.Close(),
        };
    }
}
