namespace Mechanisms.Reputation;

/// <summary>What a requester R and a collaborator S have of one anonymous zone, in any one unit (Wang et al. 2021, §5.3).</summary>
/// <param name="RequesterLeaks">U_R⁺⁺: R leaks S's location and is not found out.</param>
/// <param name="RequesterHonest">U_R⁺.</param>
/// <param name="Locked">U_R⁻⁻: of a round in which no zone can be formed.</param>
/// <param name="CollaboratorLies">U_S⁺⁺: S gives a false location and is not found out.</param>
/// <param name="CollaboratorHonest">U_S⁺.</param>
public sealed record ZoneUtilities(double RequesterLeaks, double RequesterHonest, double Locked, double CollaboratorLies, double CollaboratorHonest);

/// <summary>For how many rounds somebody who was found out may form no zone, so that honesty pays.</summary>
public static class PenaltyRounds
{
    /// <summary>
    /// Pr, Eq. 17, rounded up: max of (U_R⁺⁺ − U_R⁺) / (δ (U_R⁺ − U_R⁻⁻)) and (1 − η)(U_S⁺⁺ − U_S⁺) / (η (U_R⁺ − U_R⁻⁻)); 0 where cheating earns nothing even unpunished.
    /// </summary>
    /// <param name="leakFound">δ: the probability that a leak is found out, above 0, at most 1.</param>
    /// <param name="lieFound">η: the probability that a false location is found out, likewise.</param>
    /// <exception cref="ArgumentException">A utility is no finite number, or being locked is no worse than being honest: then no number of rounds deters anybody.</exception>
    public static long Of(ZoneUtilities utilities, double leakFound, double lieFound)
    {
        ArgumentNullException.ThrowIfNull(utilities);
        RequireProbability(leakFound, nameof(leakFound));
        RequireProbability(lieFound, nameof(lieFound));
        var lost = utilities.RequesterHonest - utilities.Locked;
        var leaking = (utilities.RequesterLeaks - utilities.RequesterHonest) / (leakFound * lost);
        var lying = (1 - lieFound) * (utilities.CollaboratorLies - utilities.CollaboratorHonest) / (lieFound * lost);
        if (!(lost > 0) || !double.IsFinite(lost) || !double.IsFinite(leaking) || !double.IsFinite(lying))
        {
            throw new ArgumentException("Utilities have to be finite, and a round without a zone has to be worth less than an honest one.", nameof(utilities));
        }

        var rounds = Math.Ceiling(Math.Max(0, Math.Max(leaking, lying)));
        return rounds < long.MaxValue ? (long)rounds : throw new ArgumentException($"{rounds:R} rounds would be needed.", nameof(utilities));
    }

    private static void RequireProbability(double value, string name)
    {
        if (!(value is > 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(name, value, "Above 0, at most 1.");
        }
    }
}
