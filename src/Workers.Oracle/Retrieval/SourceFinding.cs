using System.Collections.Immutable;
using Ethereum;
using Workers.Oracle.Profiles;

namespace Workers.Oracle.Retrieval;

/// <summary>What came of one source.</summary>
public enum SourceOutcome
{
    /// <summary>It delivered the pinned content, signed, in time, sealed to this node.</summary>
    Agreed,

    /// <summary>It could not be had now: no connection, no valid certificate, an error, too slow. Later may be better.</summary>
    Unavailable,

    /// <summary>It is not asked: not on the list of hosts, not at a public address, or it led to such a place.</summary>
    Refused,

    /// <summary>It sends more than the limit, or the content has more than its limit.</summary>
    TooLarge,

    /// <summary>What it sent is no envelope, or the content in it is no profile.</summary>
    Malformed,

    /// <summary>The envelope is another member's.</summary>
    OtherMember,

    /// <summary>The member did not sign this for this oracle.</summary>
    BadSignature,

    /// <summary>Signed by the member, with another content than the pinned one; <see cref="SourceFinding.Evidence"/> proves it.</summary>
    OtherContent,

    /// <summary>Issued in the future. Later may be better.</summary>
    NotYetValid,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>Issued longer ago than the request allows.</summary>
    TooOld,

    /// <summary>It holds no key for this node.</summary>
    NotForThisNode,

    /// <summary>It does not open here, or not to what was signed.</summary>
    DoesNotOpen,
}

/// <summary>What one source said. It holds nothing of the content and no query of an address.</summary>
/// <param name="Source">Who was asked.</param>
/// <param name="Outcome">What came of it.</param>
/// <param name="Content">Hash of the content that the envelope names; null when none could be read. Believed by nobody unless signed.</param>
/// <param name="Received">SHA-256 of the bytes that came; null when none came completely.</param>
/// <param name="Evidence">The signed part, when the signature is the member's.</param>
/// <param name="Sentence">What happened, for people.</param>
public sealed record SourceFinding(ProfileSource Source, SourceOutcome Outcome, Hash32? Content, Hash32? Received, ProfileHeader? Evidence, string Sentence)
{
    /// <summary>Whether asking again later can end otherwise without anybody changing the request.</summary>
    public bool IsTransient => Outcome is SourceOutcome.Unavailable or SourceOutcome.NotYetValid;
}

/// <summary>What came of all sources of a profile.</summary>
/// <param name="Content">The content, when enough sources delivered it.</param>
/// <param name="Findings">One for each different source, in the request's order.</param>
/// <param name="Quorum">How many had to agree.</param>
public sealed record ProfileRetrieval(ProfileContent? Content, ImmutableArray<SourceFinding> Findings, int Quorum)
{
    /// <summary>Sources that delivered the pinned content.</summary>
    public int Agreed => Findings.Count(f => f.Outcome == SourceOutcome.Agreed);

    /// <summary>Whether there is no content yet and enough sources could still deliver it: ask again later.</summary>
    public bool MayStillCome => Content is null && Agreed + Findings.Count(f => f.IsTransient) >= Quorum;

    /// <summary>Who said what, in one line for people.</summary>
    public override string ToString() =>
        $"{Agreed} of {Findings.Length} sources agreed, {Quorum} are needed. {string.Join(" ", Findings.Where(f => f.Outcome != SourceOutcome.Agreed).Select(f => $"{f.Source}: {f.Outcome}. {f.Sentence}"))}".TrimEnd();
}
