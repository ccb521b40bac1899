namespace Workers.Oracle.Profiles;

/// <summary>Why a profile is not used.</summary>
public enum ProfileProblem
{
    /// <summary>The envelope is not the one encoding of its format, or is of another version.</summary>
    MalformedEnvelope,

    /// <summary>The envelope or the content has more bytes, or the content more positions, than the format allows.</summary>
    TooLarge,

    /// <summary>The member's signature is none, is malleable, is somebody else's, or was made for another chain or contract.</summary>
    BadSignature,

    /// <summary>Issued later than now, by more than the clocks' tolerance.</summary>
    NotYetValid,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>Still valid, and issued longer ago than the request allows.</summary>
    TooOld,

    /// <summary>It holds no key for this node.</summary>
    NotForThisNode,

    /// <summary>The key for this node, or the content under it, does not open here: changed, or copied from another profile, contract or node.</summary>
    DoesNotOpen,

    /// <summary>It opens to another content than the one that the member signed.</summary>
    NotAsSigned,

    /// <summary>The content is what the member signed, and does not follow its format.</summary>
    MalformedContent,
}

/// <summary>A profile that is not used. The message says why, and never holds a position or a key.</summary>
public sealed class ProfileException(ProfileProblem problem, string message) : Exception(message)
{
    /// <summary>Which rule it breaks.</summary>
    public ProfileProblem Problem { get; } = problem;
}
