using System.Net;

namespace Workers.Dashboard.Accounts;

/// <summary>Where people's browsers find these pages.</summary>
/// <param name="Scheme">http or https.</param>
/// <param name="Domain">Host, and the port if it is not the scheme's: what a sign-in names.</param>
internal sealed record SiteOrigin(string Scheme, string Domain)
{
    /// <summary>As a browser writes it in <c>Origin</c>.</summary>
    public override string ToString() => $"{Scheme}://{Domain}";

    /// <summary>
    /// The configured origin; otherwise the loopback address that was asked. Null for any other: a name that somebody points at this machine must not become
    /// a site that people sign in to.
    /// </summary>
    public static SiteOrigin? Of(Uri? configured, string scheme, string host)
    {
        if (configured is not null)
        {
            return new SiteOrigin(configured.Scheme, configured.Authority);
        }

        return Uri.TryCreate($"{scheme}://{host}/", UriKind.Absolute, out var asked) && asked is { PathAndQuery: "/", UserInfo: "" } && IsLoopback(asked)
            ? new SiteOrigin(asked.Scheme, asked.Authority)
            : null;
    }

    private static bool IsLoopback(Uri address) =>
        address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));

    /// <summary>Why a request that would change something is refused, as a sentence; null when it may.</summary>
    /// <param name="site">Of <see cref="Of"/>.</param>
    /// <param name="origin">The request's header <c>Origin</c>, which a browser sends and no page can forge.</param>
    /// <param name="contentType">Its <c>Content-Type</c>: a form of another site cannot send JSON.</param>
    /// <param name="wantedType">What it has to be.</param>
    /// <param name="marker">Its header <c>X-Market</c>: another site's script would be asked for leave first.</param>
    public static string? Refusal(SiteOrigin? site, string? origin, string? contentType, string wantedType, string? marker) =>
        site is null ? "This address is not the market's. Set Dashboard:Origin to where browsers find it, or use a loopback address."
        : !string.Equals(origin, site.ToString(), StringComparison.OrdinalIgnoreCase) ? $"The request comes from {(string.IsNullOrEmpty(origin) ? "an unknown site" : "another site")}, not from {site} (header Origin)."
        : !string.Equals(contentType?.Split(';')[0].Trim(), wantedType, StringComparison.OrdinalIgnoreCase) ? $"The request has to be {wantedType} (header Content-Type)."
        : marker != "1" ? "The request lacks the header X-Market: 1."
        : null;
}
