using System.Numerics;
using Ethereum;
using Workers.Hosting.Queries;
using Contract = Ethereum.Contracts.Collaboration;

namespace Workers.Collaboration.Queries;

/// <summary>What a collaborator knows when it is asked to agree.</summary>
/// <param name="IsAllowed">Whether the querier is not locked.</param>
/// <param name="AmAllowed">Whether this member is not locked.</param>
/// <param name="Fee">The service's; null when it offers nothing.</param>
/// <param name="Open">Queries that this member has agreed to forward and that have not ended.</param>
/// <param name="OpenOfQuerier">Those of them that are this querier's.</param>
public sealed record AgreementKnowledge(bool IsAllowed, bool AmAllowed, BigInteger? Fee, int Open, int OpenOfQuerier, DateTimeOffset Now);

/// <summary>Whether to agree to forward a query (paper 4, §4.1). Pure.</summary>
public static class AgreementPolicy
{
    private static readonly BigInteger Limit = BigInteger.One << 128;

    /// <summary>Why not; null to agree. The querier is a member: nobody else's envelopes come here.</summary>
    public static string? Problem(Address querier, Address own, Contract.Terms terms, AgreementKnowledge known, QueryOptions options)
    {
        ArgumentNullException.ThrowIfNull(terms);
        ArgumentNullException.ThrowIfNull(known);
        ArgumentNullException.ThrowIfNull(options);
        var most = (uint)Math.Min(options.MaxTime.TotalSeconds, (1 << 23) - 1);
        if (terms.Collaborator != own || terms.Service == own || terms.Service == querier || querier == own)
        {
            return "The terms are for another collaborator, or two of the three parties are the same.";
        }

        if (terms.Reward < new BigInteger(options.MinReward) || terms.Reward >= Limit)
        {
            return $"This member forwards for a reward of {options.MinReward} or more.";
        }

        if (terms.AnswerSeconds < options.MinAnswerTime.TotalSeconds || terms.AnswerSeconds > most || terms.ConfirmSeconds == 0 || terms.ConfirmSeconds > most)
        {
            return $"This member takes {options.MinAnswerTime.TotalSeconds:0} to {most} seconds for the answer, and at most {most} for the confirmation.";
        }

        var now = known.Now.ToUnixTimeSeconds();
        var longest = (uint)Math.Min(options.MaxAgreementTime.TotalSeconds, most);
        if (terms.ValidUntil <= (ulong)now || terms.ValidUntil > (ulong)now + longest)
        {
            return $"An agreement is good for 1 to {longest} seconds from now. See both clocks.";
        }

        return !known.AmAllowed ? "This member is locked."
            : !known.IsAllowed ? "You are locked."
            : known.Fee is not { } fee ? $"{terms.Service} offers no location service, as far as is known here."
            : fee != terms.Fee ? $"{terms.Service} asks a fee of {fee}, as far as is known here."
            : known.OpenOfQuerier >= (options.Parallelism + 1) / 2 && known.Open < options.Parallelism ? "You have as many queries open here as one member may."
            : known.Open >= options.Parallelism ? "This member forwards as many queries as it can."
            : null;
    }
}

/// <summary>What is due for a query that this member agreed to forward.</summary>
public enum DutyStep
{
    /// <summary>Nothing now.</summary>
    Wait,

    /// <summary>Send it to the service.</summary>
    Forward,

    /// <summary>Give everything back to the querier: there will be no answer in time.</summary>
    Decline,

    /// <summary>The time for the confirmation is over: have the reward paid.</summary>
    Settle,

    /// <summary>It is over.</summary>
    End,
}

/// <summary>What a collaborator does next. Pure.</summary>
public static class DutyPolicy
{
    /// <summary>So long before the deadline it declines, or a quarter of the time where that is less: for a few looks and a few blocks. Whoever declines too late has let a query expire.</summary>
    private const long DeclineMargin = 120;

    /// <summary>An event may come here a little later than the word that its block is final.</summary>
    private const long Margin = 60;

    /// <param name="task">As the chain has it; null while it is not bonded.</param>
    /// <param name="isFinal">Whether its bond is.</param>
    /// <param name="isOver">Whether it has ended, and that is final.</param>
    /// <param name="now">The chain's time.</param>
    /// <param name="finalTime">The time of the last final block; null while there is none.</param>
    public static (DutyStep Step, string Reason) Next(DutyRow duty, Contract.Terms terms, TaskRow? task, bool isFinal, bool isOver, DateTimeOffset now, DateTimeOffset? finalTime)
    {
        ArgumentNullException.ThrowIfNull(duty);
        ArgumentNullException.ThrowIfNull(terms);
        var seconds = now.ToUnixTimeSeconds();
        switch (task?.State)
        {
            case null or TaskState.None:
                return finalTime?.ToUnixTimeSeconds() > (long)terms.ValidUntil + Margin ? (DutyStep.End, "It was never bonded.") : (DutyStep.Wait, "");
            case not null when task.Querier != duty.Querier || task.Collaborator != terms.Collaborator:
                return isFinal ? (DutyStep.End, "It was bonded by somebody else, or with another collaborator.") : (DutyStep.Wait, "");
            case TaskState.Bonded when seconds > task.AnswerBy:
                return finalTime?.ToUnixTimeSeconds() > task.AnswerBy + Margin ? (DutyStep.End, "There was no answer in time; the querier has not taken its bond back.") : (DutyStep.Wait, "");
            case TaskState.Bonded when seconds > task.AnswerBy - Math.Min(DeclineMargin, terms.AnswerSeconds / 4):
                return (DutyStep.Decline, duty.Payload is null ? "The querier has handed nothing over." : "The service's answer is not on the chain.");
            case TaskState.Answered when seconds > task.ConfirmBy:
                return (DutyStep.Settle, "");
            case TaskState.Bonded or TaskState.Answered when duty is { Payload: not null, Result: null } && isFinal:
                return (DutyStep.Forward, "");
            case TaskState.Settled when isOver:
                return (DutyStep.End, "The reward was paid.");
            case TaskState.Declined when isOver:
                return (DutyStep.End, duty.Report ?? "It was declined.");
            case TaskState.Expired when isOver:
                return (DutyStep.End, "There was no answer in time.");
            default:
                return (DutyStep.Wait, "");
        }
    }
}
