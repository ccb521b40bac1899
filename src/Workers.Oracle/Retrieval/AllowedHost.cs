using System.Diagnostics.CodeAnalysis;

namespace Workers.Oracle.Retrieval;

/// <summary>
/// Hosts that are asked for profiles: <c>profiles.example.org</c> that one, <c>.example.org</c> all below it and not itself, with <c>:8443</c> on that port alone;
/// without a port on 443 alone.
/// </summary>
internal sealed record AllowedHost(string Host, bool Below, int Port)
{
    public static bool TryParse(string? text, [NotNullWhen(true)] out AllowedHost? allowed)
    {
        allowed = null;
        var below = text is ['.', ..];
        var address = $"https://{(below ? text![1..] : text)}";
        if (text is null || text.AsSpan().ContainsAnyExceptInRange('!', '~') || text.AsSpan().ContainsAny("/\\@?#") || !Uri.TryCreate(address, UriKind.Absolute, out var uri)
            || uri.Host.Length == 0 || uri.Host[0] == '.' || uri.Host[^1] == '.' || uri.Port <= 0 || (below && uri.HostNameType != UriHostNameType.Dns))
        {
            return false;
        }

        allowed = new AllowedHost(uri.Host, below, uri.Port);
        return true;
    }

    public bool Allows(Uri uri) => uri.Port == Port
        && (Below
            ? uri.HostNameType == UriHostNameType.Dns && uri.Host.EndsWith("." + Host, StringComparison.OrdinalIgnoreCase)
            : string.Equals(uri.Host, Host, StringComparison.OrdinalIgnoreCase));
}
