using Ethereum.Contracts;
using Mechanisms.Mobility;
using Mechanisms.Reputation;
using Workers.Hosting.Members;

namespace Workers.Collaboration.Zones;

/// <summary>What a collaborator knows when a signed request comes.</summary>
/// <param name="Standing">What the root that it names really gives the requester; null when it gives nothing.</param>
/// <param name="MeanReputation">Of all in that attestation, from 0 to 1.</param>
/// <param name="IsLatest">Whether that attestation is the latest or the one before.</param>
/// <param name="IsAllowed">Whether the requester is not locked.</param>
/// <param name="Place">This member's own, if its device reported one lately.</param>
/// <param name="Told">How many places this member told the requester in the last hour.</param>
public sealed record RequestKnowledge(Conduct.Standing? Standing, double MeanReputation, bool IsLatest, bool IsAllowed, OwnPlace? Place, int Told);

/// <summary>Millionths of a degree.</summary>
public sealed record OwnPlace(int Latitude, int Longitude);

/// <summary>What a collaborator does about a request.</summary>
public enum Help
{
    /// <summary>Tell its place.</summary>
    Answer,

    /// <summary>Nothing.</summary>
    Refuse,

    /// <summary>Nothing, and the request is evidence: it claims a standing that its own root does not give (Eq. 14).</summary>
    Accuse,
}

/// <summary>Whether to help form a zone (Wang et al. 2021, §4.4, step 2). Pure.</summary>
public static class CollaboratorPolicy
{
    /// <summary>Largest zone that somebody can ask for.</summary>
    public const int LargestSize = 100;

    /// <summary>One sentence for several reasons: another would tell where this member is, or how much it minds.</summary>
    public const string NoPart = "This member does not take part in this zone.";

    private const double Millionths = 1e6;

    /// <summary>Decides about a request whose signature is right.</summary>
    /// <param name="sensitivity">How much this member minds that its place becomes known, from 0 to 1.</param>
    /// <param name="radius">The radio's reach in metres: a larger area is none.</param>
    /// <param name="limit">Places that one requester is told in an hour.</param>
    /// <returns>With the reason of a refusal, which says nothing of this member's place.</returns>
    public static (Help Help, string Reason) Decide(Conduct.ZoneRequest request, RequestKnowledge known, TimeSpan age, TimeSpan clockTolerance, double sensitivity, int radius, int limit)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(known);
        if (age.Duration() > clockTolerance)
        {
            return (Help.Refuse, $"The request is {age.TotalSeconds:0} s old; {clockTolerance.TotalSeconds:0} s are allowed. See both clocks.");
        }

        if (request.Size is < TrustThreshold.LeastZone or > LargestSize || request.Radius > radius || !LeastDistance.IsPlace(request.Latitude, request.Longitude))
        {
            return (Help.Refuse, $"A zone is of {TrustThreshold.LeastZone} to {LargestSize} members within {radius} m of a place on Earth.");
        }

        if (known.Standing is not { } standing)
        {
            return (Help.Refuse, "The standings that the request names are not known here, or do not have you.");
        }

        if (standing.Reputation != request.Reputation || standing.Zones != request.Zones)
        {
            return (Help.Accuse, "The request claims another standing than was attested.");
        }

        if (!known.IsLatest)
        {
            return (Help.Refuse, "The standings that the request names are out of date.");
        }

        if (!known.IsAllowed)
        {
            return (Help.Refuse, "You are locked.");
        }

        var threshold = TrustThreshold.Of(known.MeanReputation, sensitivity, request.Size);
        var helps = request.Reputation / Millionths >= threshold && known.Told < limit && known.Place is { } place
            && 1000 * new Position(place.Latitude / Millionths, place.Longitude / Millionths).DistanceTo(new Position(request.Latitude / Millionths, request.Longitude / Millionths)) <= request.Radius;
        return helps ? (Help.Answer, "") : (Help.Refuse, NoPart);
    }
}
