namespace Workers.Hosting.Members;

/// <summary>What members are penalised for (IConduct.Offence, in its order).</summary>
public enum Offence
{
    /// <summary>Its request claims a standing that its own root does not give it.</summary>
    FalseStanding,

    /// <summary>It answered with a place outside the area that it answered for.</summary>
    OutsideArea,

    /// <summary>Two of its places are further apart than one can travel.</summary>
    ImpossibleSpeed,

    /// <summary>It disclosed a collaborator's place to a third party.</summary>
    Leak,

    /// <summary>It forwarded one query for two, or two for one.</summary>
    DoubleClaim,

    /// <summary>As bookkeeper.</summary>
    FalseBatch,

    /// <summary>A candidate of a trading session did not show its review. From here on by the attestors' verdict.</summary>
    MissingReview,

    /// <summary>An oracle's node signed that it accepts and that it rejects.</summary>
    Equivocation,

    /// <summary>An owner left a trade unanswered that its own offer had called for.</summary>
    UnansweredTrade,

    /// <summary>A collaborator left queries unanswered that it had agreed to forward, and did not decline them.</summary>
    ExpiredQuery,
}
