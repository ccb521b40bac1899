using System.Diagnostics.CodeAnalysis;
using Ethereum;

namespace Workers.Hosting.Envelopes;

/// <summary>A member as the chain knows it.</summary>
/// <param name="Account">Signs its envelopes.</param>
/// <param name="PublicKey">P-256, uncompressed, 65 bytes: what it is sent is sealed to it.</param>
/// <param name="Endpoint">Where it is reached: <c>https://host:port/#</c> and the SHA-256 of its certificate. Anybody may have written it.</param>
public sealed record MemberEntry(Address Account, ReadOnlyMemory<byte> PublicKey, string Endpoint);

/// <summary>Finds members; the worker that knows them registers one.</summary>
public interface IMemberDirectory
{
    /// <summary>The member, or null for an account that is none.</summary>
    ValueTask<MemberEntry?> FindAsync(Address account, CancellationToken cancellationToken);
}

/// <summary>An endpoint of an entry: <c>https://host:port/</c>, or with <c>#</c> and 64 hexadecimal digits, which pin the server's certificate.</summary>
/// <param name="Host">With scheme and port.</param>
/// <param name="Pin">SHA-256 of the certificate's DER; null: an authority has to certify the host.</param>
public sealed record MemberEndpoint(Uri Host, Hash32? Pin)
{
    /// <summary>Longest text; the contract takes no longer one.</summary>
    public const int MaxLength = 256;

    /// <summary>The text, or nothing where it is no endpoint: no database needs to keep whatever somebody wrote into a contract.</summary>
    public static string OrNone(string text) => TryParse(text, out _) ? text : "";

    /// <summary>Reads an endpoint that somebody else wrote.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out MemberEndpoint? endpoint)
    {
        endpoint = null;
        if (text.Length > MaxLength || text.AsSpan().ContainsAnyExceptInRange('!', '~') || text.Contains('\\', StringComparison.Ordinal)
            || !Uri.TryCreate(text, UriKind.Absolute, out var uri) || !string.Equals(uri.Scheme, Uri.UriSchemeHttps, StringComparison.Ordinal)
            || uri.Host.Length == 0 || uri.Port <= 0 || uri.UserInfo.Length > 0 || !string.Equals(uri.PathAndQuery, "/", StringComparison.Ordinal))
        {
            return false;
        }

        Hash32? pin = null;
        if (uri.Fragment.Length > 0)
        {
            if (uri.Fragment.Length != 1 + (2 * Hash32.Size) || !Hash32.TryParse(uri.Fragment[1..], null, out var hash))
            {
                return false;
            }

            pin = hash;
        }

        endpoint = new MemberEndpoint(new Uri(uri.GetLeftPart(UriPartial.Authority)), pin);
        return true;
    }
}
