using System.Collections.Immutable;
using Ethereum;
using Workers.Hosting.Cryptography;
using Workers.Oracle.Profiles;

namespace Workers.Oracle.Retrieval;

/// <summary>One member's profile, as a request to the oracle pins it.</summary>
public sealed record ProfileRequest
{
    /// <summary>Most sources of one profile.</summary>
    public const int MaxSources = 16;

    /// <param name="member">Whose.</param>
    /// <param name="content">SHA-256 of the content.</param>
    /// <param name="sources">1 to <see cref="MaxSources"/>; one that stands twice counts once.</param>
    /// <param name="quorum">How many different sources must deliver it, from 1.</param>
    /// <param name="maxAge">Longest time since it was issued.</param>
    /// <exception cref="ArgumentException">A number is out of its range, or more sources must agree than there are.</exception>
    public ProfileRequest(Address member, Hash32 content, IEnumerable<ProfileSource> sources, int quorum, TimeSpan maxAge)
    {
        Member = member;
        Content = content;
        Sources = [.. sources.Distinct()];
        Quorum = quorum;
        MaxAge = maxAge;
        if (Sources.Length is 0 or > MaxSources || quorum < 1 || quorum > Sources.Length || maxAge <= TimeSpan.Zero)
        {
            throw new ArgumentException(
                $"A profile has 1 to {MaxSources} different sources (these are {Sources.Length}), of which 1 to all must agree (these are {quorum}), and an age above zero.", nameof(sources));
        }
    }

    /// <summary>Whose profile it is.</summary>
    public Address Member { get; }

    /// <summary>SHA-256 of the content.</summary>
    public Hash32 Content { get; }

    /// <summary>Where to ask, each once.</summary>
    public ImmutableArray<ProfileSource> Sources { get; }

    /// <summary>How many of them must deliver the pinned content.</summary>
    public int Quorum { get; }

    /// <summary>Longest time since it was issued.</summary>
    public TimeSpan MaxAge { get; }
}

/// <summary>Who opens profiles.</summary>
/// <param name="Node">This node's account.</param>
/// <param name="Pair">The private half of the key that it registered; not disposed here.</param>
/// <param name="Oracle">The oracle for which profiles must have been made.</param>
public sealed record ProfileReader(Address Node, P256KeyPair Pair, OracleReference Oracle);
