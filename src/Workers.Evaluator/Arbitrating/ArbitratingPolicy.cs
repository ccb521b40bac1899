using Workers.Evaluator.Sessions;

namespace Workers.Evaluator.Arbitrating;

/// <summary>What becomes of an accusation now.</summary>
public abstract record ArbitrateStep
{
    /// <summary>Nothing: it is none of this house's.</summary>
    public sealed record Ignore : ArbitrateStep;

    /// <summary>Look again later; messages have no order.</summary>
    /// <param name="For">What has to come first.</param>
    public sealed record Wait(string For) : ArbitrateStep;

    /// <summary>Keep it, to be judged.</summary>
    public sealed record Hear : ArbitrateStep;

    /// <summary>Leave it without looking into it.</summary>
    public sealed record Dismiss(string Reason) : ArbitrateStep;

    /// <summary>Repeat the inspection of this candidate's review.</summary>
    public sealed record Inspect(Participant Candidate) : ArbitrateStep;
}

/// <summary>The arbiter's rules as pure functions.</summary>
public static class ArbitratingPolicy
{
    /// <summary>When somebody accuses.</summary>
    /// <param name="session">As its facts stand here.</param>
    /// <param name="isOnChain">Whether the contract knows a session of this id; most records are of applications, which never will be one.</param>
    /// <param name="arbiter">This house's account.</param>
    /// <param name="accuser">Whose record it is.</param>
    public static ArbitrateStep OnAccused(Session session, bool isOnChain, string arbiter, string accuser)
    {
        ArgumentNullException.ThrowIfNull(session);
        return session.Terms switch
        {
            null when isOnChain => new ArbitrateStep.Wait($"the creation of session {session.Id}"),
            { } terms when terms.Arbiter == arbiter && terms.Collector == accuser => new ArbitrateStep.Hear(),
            _ => new ArbitrateStep.Ignore(),
        };
    }

    /// <summary>When an accusation is to be judged.</summary>
    /// <param name="isFinal">Whether the fact in this block can no longer vanish.</param>
    /// <param name="accusation">The block of the accusation.</param>
    /// <param name="chainTime">Time of the chain's latest block.</param>
    public static ArbitrateStep OnJudging(Session session, Func<BlockPosition, bool> isFinal, BlockPosition accusation, DateTimeOffset chainTime)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(isFinal);
        return session switch
        {
            { State: SessionState.Reviewed or SessionState.Closed } => new ArbitrateStep.Dismiss("The session went on before this was judged."),
            not { State: SessionState.Reviewing, Candidate: { Review: not null, Submission: not null } } => new ArbitrateStep.Wait("the review that is accused"),
            _ when chainTime > session.Deadline => new ArbitrateStep.Dismiss("The time to decide is over."),

            // What is condemned must not be another review after a reorganisation.
            { Candidate: { } candidate } when isFinal(candidate.Review!.Block) && isFinal(accusation) => new ArbitrateStep.Inspect(candidate),
            _ => new ArbitrateStep.Wait("the review and the accusation in final blocks"),
        };
    }
}
