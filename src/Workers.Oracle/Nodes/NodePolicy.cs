using Workers.Oracle.Requests;
using Workers.Oracle.Solving;

namespace Workers.Oracle.Nodes;

/// <summary>What a node does next about a request.</summary>
public abstract record NodeStep
{
    /// <summary>Fetch and check the members' profiles.</summary>
    public sealed record Gather : NodeStep;

    /// <summary>Say on chain, hidden, which digest they have.</summary>
    public sealed record Submit(string ProfileDigest) : NodeStep;

    /// <summary>Solve the game; it is this node's turn.</summary>
    public sealed record Solve(int Attempt) : NodeStep;

    /// <summary>Propose what was solved.</summary>
    public sealed record Propose(int Attempt, Proposal Proposal) : NodeStep;

    /// <summary>Check what another node proposes.</summary>
    public sealed record Check(int Attempt, string ProposalHash) : NodeStep;

    /// <summary>Sign what came out.</summary>
    public sealed record Vote(int Attempt, string ProposalHash, bool Accept, string Evidence) : NodeStep;

    /// <summary>A deadline passed: the next node's turn, or the end.</summary>
    public sealed record HandOver(RequestState State, int Attempt) : NodeStep;

    /// <summary>Free the committee's stakes.</summary>
    public sealed record Release : NodeStep;
}

/// <summary>A node's rules as pure functions.</summary>
public static class NodePolicy
{
    /// <summary>The next step, or null.</summary>
    /// <param name="self">The node's account.</param>
    /// <param name="standing">At the chain's latest block.</param>
    /// <param name="gathered">What this node knows of the profiles; null before it began.</param>
    /// <param name="solution">Of the present attempt, where it is this node's.</param>
    /// <param name="verdict">On the present proposal.</param>
    /// <param name="chainTime">Of the chain's latest block.</param>
    public static NodeStep? Next(
        OracleRequest request, string self, Standing standing, GatheringRow? gathered, SolutionRow? solution, VerdictRow? verdict, DateTimeOffset chainTime, NodeOptions options)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(standing);
        ArgumentNullException.ThrowIfNull(options);
        if (request.State == RequestState.None || !request.HasMember(self) || standing.State == RequestState.None)
        {
            return null;
        }

        // The contract takes it from anybody: the members of the committee do it one after the other, lest all pay for it.
        var late = chainTime > standing.Deadline + (options.HandOverInterval * Array.IndexOf(request.Asked!.Fact.Committee, self));
        if (standing.State > RequestState.Voting)
        {
            return late && !standing.IsReleased ? new NodeStep.Release() : null;
        }

        if (chainTime > standing.Deadline)
        {
            return late ? new NodeStep.HandOver(standing.State, standing.Attempt) : null;
        }

        return standing.State switch
        {
            _ when standing.IsPenalised => null,
            RequestState.Gathering when !standing.HasSubmitted => gathered switch
            {
                null => new NodeStep.Gather(),
                { ProfileDigest: { } digest } => new NodeStep.Submit(digest),
                _ => null,
            },
            RequestState.Solving when standing.Solver == self && gathered?.ProfileDigest is not null => solution switch
            {
                null => new NodeStep.Solve(standing.Attempt),
                { Proposal: not null } => new NodeStep.Propose(standing.Attempt, solution.ToProposal()),
                _ => null,
            },
            RequestState.Voting when standing.HasSubmitted && !standing.HasVoted && gathered?.ProfileDigest == standing.ProfileDigest
                && request.Proposals.TryGetValue(standing.Attempt, out var proposed) && proposed.Fact.Hash == standing.ProposalHash => verdict switch
                {
                    null => new NodeStep.Check(standing.Attempt, standing.ProposalHash),
                    { Accept: { } accept } => new NodeStep.Vote(standing.Attempt, standing.ProposalHash, accept, verdict.Evidence),
                    _ => null,
                },
            _ => null,
        };
    }
}
