using Workers.Evaluator.Sessions;

namespace Workers.Evaluator.Providing;

/// <summary>What the provider does next about one session.</summary>
public enum ProvisionStep
{
    /// <summary>Nothing until something changes.</summary>
    Wait,

    /// <summary>Commit to the shards on chain.</summary>
    Register,

    /// <summary>Compute the features of the drawn sample.</summary>
    SubmitFeatures,

    /// <summary>Open the drawn sample to the collector.</summary>
    ShowReview,

    /// <summary>Open everything to the collector and take the reward.</summary>
    Claim,

    /// <summary>The collector let its time to decide pass: end the session and take the compensation.</summary>
    Close,

    /// <summary>Take the deposit back.</summary>
    TakeDeposit,
}

/// <summary>Which of a session's facts can no longer vanish.</summary>
/// <param name="Sampling">The drawing of this provider's sample.</param>
/// <param name="Naming">The naming of the candidate.</param>
/// <param name="Choice">The choice of the winner.</param>
public readonly record struct FinalFacts(bool Sampling, bool Naming, bool Choice);

/// <summary>The provider's rules as pure functions.</summary>
public static class ProvidingPolicy
{
    /// <summary>Judges a session's terms before anything of it is fetched.</summary>
    /// <param name="isLocked">Whether the collector is, for misconduct.</param>
    /// <returns>Why it is not joined, as the end of a sentence; null to join.</returns>
    public static string? Objection(SessionTerms terms, string account, bool isLocked, DateTimeOffset chainTime, ProvidingOptions options)
    {
        ArgumentNullException.ThrowIfNull(terms);
        ArgumentNullException.ThrowIfNull(options);
        return terms switch
        {
            _ when terms.Collector == account => "it is this house's own",
            _ when options.Datasets.Count == 0 => "Providing:Datasets offers nothing",
            _ when isLocked => $"the collector {terms.Collector} is locked for misconduct",
            _ when options.Deny.Contains(terms.Collector) => $"the collector {terms.Collector} is denied",
            _ when options.Collectors.Count > 0 && !options.Collectors.Contains(terms.Collector) => $"the collector {terms.Collector} is not among Providing:Collectors",
            _ when terms.SampleShare > options.MaximumSampleShare => $"it samples {terms.SampleShare} basis points, above the maximum {options.MaximumSampleShare}",
            _ when terms.Deposit > options.MaximumDeposit => $"the deposit {terms.Deposit} is above the maximum {options.MaximumDeposit}",
            _ when terms.HasArbiter && (terms.Arbiter == terms.Collector || !options.Arbiters.Contains(terms.Arbiter)) => $"the arbiter {terms.Arbiter} is not among Providing:Arbiters",
            _ when terms.ReviewWindow < options.MinimumWindow || terms.ClaimWindow < options.MinimumWindow => $"a window is shorter than {options.MinimumWindow}",
            _ when terms.Expiry - chainTime < options.MinimumTime => $"it expires in less than {options.MinimumTime}",
            _ => null,
        };
    }

    /// <summary>Judges the reward for a dataset of so many shards.</summary>
    /// <inheritdoc cref="Objection"/>
    public static string? Objection(SessionTerms terms, int shards, ProvidingOptions options)
    {
        ArgumentNullException.ThrowIfNull(terms);
        ArgumentNullException.ThrowIfNull(options);
        return terms switch
        {
            _ when (long)shards * terms.SampleShare < 10_000 => $"one of {shards} shards would be more than the {terms.SampleShare} basis points that may be sampled",
            _ when terms.Reward / shards < options.MinimumRewardPerShard => $"the reward for each of {shards} shards is {terms.Reward / shards:0}, below the minimum {options.MinimumRewardPerShard}",
            _ => null,
        };
    }

    /// <summary>The provider's next step.</summary>
    /// <param name="account">Its own.</param>
    /// <param name="chainTime">Time of the chain's latest block: deadlines are the chain's, not this machine's.</param>
    public static ProvisionStep Next(Session session, string account, ProvisionState state, FinalFacts final, DateTimeOffset chainTime)
    {
        ArgumentNullException.ThrowIfNull(session);
        if (state != ProvisionState.Prepared || session.Terms is not { } terms)
        {
            return ProvisionStep.Wait;
        }

        if (session.Participants.GetValueOrDefault(account) is not { } me)
        {
            return session.State == SessionState.Pending && chainTime < terms.Expiry ? ProvisionStep.Register : ProvisionStep.Wait;
        }

        var isCandidate = session.Naming?.Fact.Provider == account;
        return session.State switch
        {
            _ when me.IsCondemned || me.HasDepositBack => ProvisionStep.Wait,
            SessionState.Pending when chainTime > terms.Expiry => ProvisionStep.TakeDeposit,
            SessionState.Pending when me.Sampling is not null && me.Submission is null && final.Sampling => ProvisionStep.SubmitFeatures,
            SessionState.Reviewing when isCandidate && me.Review is null && final.Naming && chainTime <= session.Deadline => ProvisionStep.ShowReview,
            SessionState.Reviewing when isCandidate && me.Review is not null && chainTime > session.Deadline => ProvisionStep.Close,
            SessionState.Reviewed when isCandidate && final.Choice && chainTime <= session.Deadline => ProvisionStep.Claim,
            SessionState.Reviewing or SessionState.Reviewed when !isCandidate && chainTime > terms.Expiry => ProvisionStep.TakeDeposit,
            SessionState.Closed when session.End!.Fact.Candidate != account => ProvisionStep.TakeDeposit,
            _ => ProvisionStep.Wait,
        };
    }
}
