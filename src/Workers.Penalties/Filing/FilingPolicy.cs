using Workers.Hosting.Members;

namespace Workers.Penalties.Filing;

/// <summary>What is known when a case is decided.</summary>
/// <param name="Holds">Whether the evidence shows what it says, as the contract will check it.</param>
/// <param name="IsMember">Whether the offender is or was one: anybody can make keys that have never been anything, and sign with them.</param>
/// <param name="IsLockedForEver">Whether there is nothing left to take from the offender.</param>
/// <param name="Bond">Of this house, in the currency's smallest unit.</param>
/// <param name="Fine">What a false accusation costs, and so what the bond has to cover.</param>
/// <param name="Age">Of the oldest statement.</param>
/// <param name="Keeping">Older statements are no evidence any more.</param>
public sealed record CaseKnowledge(bool Holds, bool IsMember, bool IsLockedForEver, System.Numerics.BigInteger Bond, System.Numerics.BigInteger Fine, TimeSpan Age, TimeSpan Keeping);

/// <summary>The published rules by which cases are decided. Pure.</summary>
public static class FilingPolicy
{
    /// <summary>A bill that comes this late might not be mined in time.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(10);

    /// <summary>Decides about a case that is due, or that just came.</summary>
    /// <returns>Dismissed; or Waiting, with the reason while nothing can be sent yet; or Filed.</returns>
    public static (CaseState State, string Sentence) Decide(Evidence evidence, CaseKnowledge known)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(known);
        if (!known.Holds)
        {
            return (CaseState.Dismissed, $"The statements do not show {Name(evidence.Offence)}: a signature, a commitment or a figure is not as it would have to be. Filing it would cost this house a fine.");
        }

        if (!known.IsMember || known.IsLockedForEver)
        {
            return (CaseState.Dismissed, $"{evidence.Offender} {(known.IsMember ? "is locked for ever already" : "never was a member")}: a bill would cost gas and change nothing.");
        }

        if (IsTooOld(known.Age, known.Keeping))
        {
            return (CaseState.Dismissed, $"A statement is {known.Age.TotalHours:0.#} hours old; the contract takes none that is older than {known.Keeping.TotalHours:0.#} hours.");
        }

        return known.Bond < known.Fine
            ? (CaseState.Waiting, $"This house has a bond of {known.Bond}, and who accuses needs {known.Fine}: PUT /api/bonds/{{id}} adds to it.")
            : (CaseState.Filed, $"{evidence.Offender} is accused of {Name(evidence.Offence)}: {Explanation(evidence.Offence)}");
    }

    /// <summary>Whether a bill could come after the time for which statements count.</summary>
    public static bool IsTooOld(TimeSpan age, TimeSpan keeping) => age > keeping - Min(Margin, keeping / 4);

    /// <summary>An offence as one says it.</summary>
    public static string Name(Offence offence) => offence switch
    {
        Offence.FalseStanding => "claiming a false standing",
        Offence.OutsideArea => "a place outside the area",
        Offence.ImpossibleSpeed => "an impossible speed",
        Offence.Leak => "a leak",
        Offence.DoubleClaim => "a double claim",
        Offence.FalseBatch => "a false batch",
        Offence.MissingReview => "a missing review",
        Offence.Equivocation => "equivocation",
        Offence.UnansweredTrade => "an unanswered trade",
        _ => "expired queries",
    };

    private static string Explanation(Offence offence) => offence switch
    {
        Offence.FalseStanding => "it signed a request with another standing than the root that it names gives it.",
        Offence.OutsideArea => "it signed an answer for an area that its place does not lie in.",
        Offence.ImpossibleSpeed => "it signed two places that nobody can have been at in the time between them.",
        Offence.Leak => "it signed a collaborator's place over to somebody else.",
        Offence.DoubleClaim => "it signed two forwards with one query, or with one payload.",
        _ => "the contract's own records show it.",
    };

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
