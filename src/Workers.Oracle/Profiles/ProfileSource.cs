using System.Diagnostics.CodeAnalysis;
using ContentStore;

namespace Workers.Oracle.Profiles;

/// <summary>
/// Where a profile's envelope lies: <c>https://host[:port]/path[?query]</c> or <c>ipfs://CID</c>, in ASCII and at most <see cref="MaxLength"/>
/// characters. Two sources are the same when their canonical texts are: host in lower case, no default port, no dot segments, CIDs as version 1.
/// </summary>
public sealed record ProfileSource
{
    /// <summary>Longest source in characters.</summary>
    public const int MaxLength = 2_000;

    private const string Ipfs = "ipfs://";

    private ProfileSource(string text, Uri? address, Cid? content) => (Text, Address, Content) = (text, address, content);

    /// <summary>The canonical text. Its query may be a password to the server: show <see cref="ToString"/> to people.</summary>
    public string Text { get; }

    /// <summary>Where to ask over HTTPS; null for IPFS.</summary>
    internal Uri? Address { get; }

    /// <summary>What to ask IPFS for; null for HTTPS.</summary>
    internal Cid? Content { get; }

    /// <summary>Reads a source.</summary>
    /// <exception cref="FormatException">Another scheme, a user name, a fragment, too long, or malformed.</exception>
    public static ProfileSource Parse(string text) => TryParse(text, out var source)
        ? source
        : throw new FormatException($"A profile's source is https://host[:port]/path or ipfs://CID, in ASCII, with at most {MaxLength} characters, without user name and fragment.");

    /// <summary>As <see cref="Parse"/>, without an exception.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out ProfileSource? source)
    {
        source = null;
        if (text is not { Length: > 0 and <= MaxLength } || text.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            return false;
        }

        if (text.StartsWith(Ipfs, StringComparison.Ordinal))
        {
            source = Cid.TryParse(text[Ipfs.Length..], out var cid) ? new ProfileSource(Ipfs + cid, null, cid) : null;
            return source is not null;
        }

        if (text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) && !text.AsSpan().ContainsAny('\\', '#')
            && Uri.TryCreate(text, UriKind.Absolute, out var uri) && IsPlainHttps(uri))
        {
            source = new ProfileSource(uri.AbsoluteUri, uri, null);
        }

        return source is not null;
    }

    /// <summary>Whether an address, which a redirect may have given, is one that is asked at all.</summary>
    internal static bool IsPlainHttps(Uri uri) =>
        uri is { IsAbsoluteUri: true, UserInfo.Length: 0, Fragment.Length: 0, Host.Length: > 0, Port: > 0 }
        && string.Equals(uri.Scheme, Uri.UriSchemeHttps, StringComparison.Ordinal)
        && !uri.Host.EndsWith('.') && !uri.AbsoluteUri.StartsWith("https://@", StringComparison.Ordinal)
        && uri.AbsoluteUri.Length <= MaxLength;

    /// <summary>An address as logs show it: without query.</summary>
    internal static string Shown(Uri uri) => uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    /// <summary>The source without query.</summary>
    public override string ToString() => Address is null ? Text : Shown(Address);

    /// <inheritdoc/>
    public bool Equals(ProfileSource? other) => string.Equals(Text, other?.Text, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Text);
}
