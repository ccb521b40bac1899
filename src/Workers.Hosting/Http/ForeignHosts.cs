using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Workers.Hosting.Http;

/// <summary>How hosts that somebody else chose are asked: neither they nor their DNS are trusted with anything.</summary>
public static class ForeignHosts
{
    /// <summary>Longest headers of an answer.</summary>
    public const int MaxHeaderKilobytes = 16;

    private const int BufferSize = 64 << 10;
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1"; // RFC 5280, section 4.2.1.12

    /// <summary>No proxy, cookies, credentials, redirects or compression; every request has a connection of its own, which was checked.</summary>
    public static SocketsHttpHandler CreateHandler(CheckedConnections connections, SslClientAuthenticationOptions tls)
    {
        ArgumentNullException.ThrowIfNull(connections);
        return new SocketsHttpHandler
        {
            ConnectCallback = connections.ConnectAsync,
            PooledConnectionLifetime = TimeSpan.Zero,
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            MaxResponseHeadersLength = MaxHeaderKilobytes,
            MaxResponseDrainSize = 0,
            ActivityHeadersPropagator = null,
            SslOptions = tls,
        };
    }

    /// <summary>
    /// Downloads nothing: an issuer's address in a hostile certificate would otherwise be asked, wherever it lies, before anything is verified. So servers have to
    /// send their intermediate certificates, as RFC 8446, section 4.4.2, demands, and revocation is not looked up.
    /// </summary>
    /// <param name="furtherRoots">PEM file of authorities beside the machine's.</param>
    public static X509ChainPolicy ChainPolicy(string? furtherRoots)
    {
        var policy = new X509ChainPolicy { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck };
        policy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        if (furtherRoots is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.ImportFromPemFile(furtherRoots);
            foreach (var location in (StoreLocation[])[StoreLocation.LocalMachine, StoreLocation.CurrentUser])
            {
                using var store = new X509Store(StoreName.Root, location, OpenFlags.ReadOnly);
                policy.CustomTrustStore.AddRange(store.Certificates);
            }
        }

        return policy;
    }

    /// <summary>What is wrong with a file of further authorities, or null.</summary>
    public static string? RootsProblem(string file)
    {
        try
        {
            var roots = new X509Certificate2Collection();
            roots.ImportFromPemFile(file);
            return roots.Count > 0 ? null : "holds no certificate";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return $"cannot be read as PEM: {e.Message}";
        }
    }

    /// <summary>The whole body, or null when it is longer than the limit; no more than the limit is ever held.</summary>
    public static async Task<byte[]?> ReadAsync(HttpContent content, int maxBytes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        if (content.Headers.ContentLength > maxBytes)
        {
            return null;
        }

        await using var body = await content.ReadAsStreamAsync(cancellationToken);
        return await ReadAsync(body, maxBytes, cancellationToken);
    }

    /// <inheritdoc cref="ReadAsync(HttpContent, int, CancellationToken)"/>
    public static async Task<byte[]?> ReadAsync(Stream body, int maxBytes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(body);
        using var bytes = new MemoryStream();
        var buffer = new byte[BufferSize];
        while (await body.ReadAsync(buffer, cancellationToken) is > 0 and var count)
        {
            if (bytes.Length + count > maxBytes)
            {
                return null;
            }

            bytes.Write(buffer, 0, count);
        }

        return bytes.ToArray();
    }
}
