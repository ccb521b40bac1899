namespace Workers.Dashboard.Pages;

/// <summary>What a page may load, and who may hold it in a frame.</summary>
internal static class SecurityHeaders
{
    /// <summary>A Content-Security-Policy for pages whose scripts and styles are files of this site alone.</summary>
    /// <param name="walletRpc">An endpoint that the page may ask, too.</param>
    public static string Policy(Uri? walletRpc)
    {
        var connect = walletRpc is null ? "'self'" : $"'self' {walletRpc.GetLeftPart(UriPartial.Authority)}";
        return $"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src {connect}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }

    public static void Add(HttpResponse response, string policy)
    {
        response.Headers.ContentSecurityPolicy = policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
    }
}
