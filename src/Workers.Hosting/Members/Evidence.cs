using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Ethereum;
using Ethereum.Contracts;
using Mechanisms.Mobility;

namespace Workers.Hosting.Members;

/// <summary>By what evidence is measured; nobody can change it.</summary>
/// <param name="Conduct">The market.</param>
/// <param name="Speed">m/s that nobody exceeds (IConduct.Rules).</param>
/// <param name="Slack">Metres that a place may be off.</param>
/// <param name="MembersOf">How many standings an attested root has; null for a root that never was attested.</param>
public sealed record Measure(ConductReference Conduct, uint Speed, uint Slack, Func<Hash32, uint?> MembersOf);

/// <summary>Signed statements that contradict each other or what was attested: what the contract Conduct checks before it penalises the signer. <see cref="Holds"/> says what the contract will say.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(FalseStandingEvidence), "false-standing")]
[JsonDerivedType(typeof(OutsideAreaEvidence), "outside-area")]
[JsonDerivedType(typeof(ImpossibleSpeedEvidence), "impossible-speed")]
[JsonDerivedType(typeof(LeakEvidence), "leak")]
[JsonDerivedType(typeof(DoubleClaimEvidence), "double-claim")]
public abstract record Evidence
{
    /// <summary>What it shows.</summary>
    [JsonIgnore]
    public abstract Offence Offence { get; }

    /// <summary>Of whom.</summary>
    [JsonIgnore]
    public abstract Address Offender { get; }

    /// <summary>Unix time of its oldest statement, which decides whether it still counts; null where it has no time.</summary>
    [JsonIgnore]
    public abstract ulong? OldestStatement { get; }

    /// <summary>Whether it does.</summary>
    public abstract bool Holds(Measure measure);

    /// <summary>The signed statements that convict, one or two; none of them convicts again (IConduct.Penalised: evidence, other).</summary>
    public abstract ImmutableArray<Hash32> Convicting(ConductReference market);

    /// <summary>By what a case about it is known: two statements are the same whichever is told first.</summary>
    public Hash32 Subject(ConductReference market) => Convicting(market) switch
    {
        [var one] => one,
        [var first, var second] when first.CompareTo(second) < 0 => OrderedTree.Join(first, second),
        [var first, var second] => OrderedTree.Join(second, first),
        var other => throw new InvalidOperationException($"{other.Length} statements convict nobody."),
    };

    /// <summary>The penalty bill.</summary>
    public abstract byte[] ToCall();
}

/// <summary>Eq. 14 of Wang et al. 2021: a signed request claims a standing that the root it names does not give.</summary>
public sealed record FalseStandingEvidence(Conduct.ZoneRequest Request, byte[] Signature, Conduct.Standing Standing, Conduct.Proof Proof) : Evidence
{
    /// <inheritdoc/>
    public override Offence Offence => Offence.FalseStanding;

    /// <inheritdoc/>
    public override Address Offender => Request.Requester;

    /// <inheritdoc/>
    public override ulong? OldestStatement => Request.Time;

    /// <inheritdoc/>
    public override bool Holds(Measure measure)
    {
        ArgumentNullException.ThrowIfNull(measure);
        return Standing.Member == Request.Requester && (Standing.Reputation != Request.Reputation || Standing.Zones != Request.Zones)
            && measure.MembersOf(Request.Standings) is { } members && StandingTree.Holds(Request.Standings, members, Standing, Proof)
            && Statements.Of(measure.Conduct, Request).IsSignedBy(Offender, Signature);
    }

    /// <inheritdoc/>
    public override ImmutableArray<Hash32> Convicting(ConductReference market) => [Statements.Of(market, Request).StructHash];

    /// <inheritdoc/>
    public override byte[] ToCall() => new Conduct.AccuseFalseStandingCall(Request, Signature, Standing, Proof).Encode();
}

/// <summary>Eq. 15: a signed answer's place is not in the area of the request.</summary>
public sealed record OutsideAreaEvidence(Conduct.ZoneRequest Request, Conduct.ZoneAnswer Answer, byte[] Signature, Conduct.Place Place) : Evidence
{
    /// <inheritdoc/>
    public override Offence Offence => Offence.OutsideArea;

    /// <inheritdoc/>
    public override Address Offender => Answer.Collaborator;

    /// <inheritdoc/>
    public override ulong? OldestStatement => Answer.Time;

    /// <inheritdoc/>
    public override bool Holds(Measure measure)
    {
        ArgumentNullException.ThrowIfNull(measure);
        return Answer.Request == Statements.Of(measure.Conduct, Request).StructHash && LeastDistance.IsPlace(Request.Latitude, Request.Longitude)
            && Answer.Place == Statements.Of(measure.Conduct, Place).StructHash && Statements.Of(measure.Conduct, Answer).IsSignedBy(Offender, Signature)
            && IsOutside(Request, Place, measure.Slack);
    }

    /// <summary>Whether a place is out of a request's area, however much it is off. What is no place on Earth is nowhere near.</summary>
    public static bool IsOutside(Conduct.ZoneRequest request, Conduct.Place place, uint slack)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(place);
        return !LeastDistance.IsPlace(place.Latitude, place.Longitude)
            || LeastDistance.Metres(request.Latitude, request.Longitude, place.Latitude, place.Longitude) > (long)request.Radius + slack;
    }

    /// <inheritdoc/>
    public override ImmutableArray<Hash32> Convicting(ConductReference market) => [Statements.Of(market, Answer).StructHash];

    /// <inheritdoc/>
    public override byte[] ToCall() => new Conduct.AccuseOutsideAreaCall(Request, Answer, Signature, Place).Encode();
}

/// <summary>An answer with what opens it.</summary>
public sealed record OpenedAnswer(Conduct.ZoneAnswer Answer, byte[] Signature, Conduct.Place Place);

/// <summary>Eq. 15: two answers of one member are too far apart for the time between them.</summary>
public sealed record ImpossibleSpeedEvidence(OpenedAnswer First, OpenedAnswer Second) : Evidence
{
    /// <inheritdoc/>
    public override Offence Offence => Offence.ImpossibleSpeed;

    /// <inheritdoc/>
    public override Address Offender => First.Answer.Collaborator;

    /// <inheritdoc/>
    public override ulong? OldestStatement => Math.Min(First.Answer.Time, Second.Answer.Time);

    /// <inheritdoc/>
    public override bool Holds(Measure measure)
    {
        ArgumentNullException.ThrowIfNull(measure);
        return First.Answer.Collaborator == Second.Answer.Collaborator && IsShown(First, measure) && IsShown(Second, measure) && IsTooFar(First, Second, measure);
    }

    /// <summary>Whether nobody could be at both places at the times that the answers say.</summary>
    public static bool IsTooFar(OpenedAnswer first, OpenedAnswer second, Measure measure)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentNullException.ThrowIfNull(measure);
        var (a, b) = (first.Place, second.Place);
        if (!LeastDistance.IsPlace(a.Latitude, a.Longitude) || !LeastDistance.IsPlace(b.Latitude, b.Longitude))
        {
            return false;
        }

        var elapsed = (UInt128)Math.Max(first.Answer.Time, second.Answer.Time) - Math.Min(first.Answer.Time, second.Answer.Time);
        return (UInt128)LeastDistance.Metres(a.Latitude, a.Longitude, b.Latitude, b.Longitude) > (elapsed * measure.Speed) + measure.Slack;
    }

    /// <inheritdoc/>
    public override ImmutableArray<Hash32> Convicting(ConductReference market) => [Statements.Of(market, First.Answer).StructHash, Statements.Of(market, Second.Answer).StructHash];

    /// <inheritdoc/>
    public override byte[] ToCall() =>
        new Conduct.AccuseImpossibleSpeedCall([First.Answer, Second.Answer], [First.Signature, Second.Signature], [First.Place, Second.Place]).Encode();

    private static bool IsShown(OpenedAnswer opened, Measure measure) =>
        opened.Answer.Place == Statements.Of(measure.Conduct, opened.Place).StructHash && Statements.Of(measure.Conduct, opened.Answer).IsSignedBy(opened.Answer.Collaborator, opened.Signature);
}

/// <summary>The requester passed on, under its signature, the place that an answer had told it.</summary>
public sealed record LeakEvidence(Conduct.ZoneRequest Request, Conduct.ZoneAnswer Answer, byte[] AnswerSignature, Conduct.Disclosure Disclosure, byte[] Signature) : Evidence
{
    /// <inheritdoc/>
    public override Offence Offence => Offence.Leak;

    /// <inheritdoc/>
    public override Address Offender => Disclosure.Requester;

    /// <inheritdoc/>
    public override ulong? OldestStatement => Answer.Time;

    /// <inheritdoc/>
    public override bool Holds(Measure measure)
    {
        ArgumentNullException.ThrowIfNull(measure);
        return Answer.Request == Statements.Of(measure.Conduct, Request).StructHash && Disclosure.Requester == Request.Requester
            && Disclosure.Receiver != Answer.Collaborator && Disclosure.Receiver != Request.Requester
            && Disclosure.Answer == Statements.Of(measure.Conduct, Answer).StructHash && Answer.Place == Statements.Of(measure.Conduct, Disclosure.Place).StructHash
            && Statements.Of(measure.Conduct, Answer).IsSignedBy(Answer.Collaborator, AnswerSignature)
            && Statements.Of(measure.Conduct, Disclosure).IsSignedBy(Offender, Signature);
    }

    /// <inheritdoc/>
    public override ImmutableArray<Hash32> Convicting(ConductReference market) => [Statements.Of(market, Disclosure).StructHash];

    /// <inheritdoc/>
    public override byte[] ToCall() => new Conduct.AccuseLeakCall(Request, Answer, AnswerSignature, Disclosure, Signature).Encode();
}

/// <summary>A forward with its signature.</summary>
public sealed record SignedForward(Conduct.Forward Forward, byte[] Signature);

/// <summary>Two different forwards of one collaborator with one query, or with one payload.</summary>
public sealed record DoubleClaimEvidence(SignedForward First, SignedForward Second) : Evidence
{
    /// <inheritdoc/>
    public override Offence Offence => Offence.DoubleClaim;

    /// <inheritdoc/>
    public override Address Offender => First.Forward.Collaborator;

    /// <inheritdoc/>
    public override ulong? OldestStatement => null;

    /// <inheritdoc/>
    public override bool Holds(Measure measure)
    {
        ArgumentNullException.ThrowIfNull(measure);
        return First.Forward.Collaborator == Second.Forward.Collaborator && First.Forward.Query == Second.Forward.Query != (First.Forward.Payload == Second.Forward.Payload)
            && Statements.Of(measure.Conduct, First.Forward).IsSignedBy(Offender, First.Signature)
            && Statements.Of(measure.Conduct, Second.Forward).IsSignedBy(Offender, Second.Signature);
    }

    /// <inheritdoc/>
    public override ImmutableArray<Hash32> Convicting(ConductReference market) => [Statements.Of(market, First.Forward).StructHash, Statements.Of(market, Second.Forward).StructHash];

    /// <inheritdoc/>
    public override byte[] ToCall() => new Conduct.AccuseDoubleClaimCall([First.Forward, Second.Forward], [First.Signature, Second.Signature]).Encode();
}
