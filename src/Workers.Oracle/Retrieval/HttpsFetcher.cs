using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;
using Workers.Hosting.Resilience;
using Workers.Oracle.Profiles;

namespace Workers.Oracle.Retrieval;

/// <summary>
/// Fetches a file from a host of the list that somebody else chose, and trusts neither it nor its DNS: public addresses only, also behind redirects; no proxy, cookies, credentials or
/// compression; limits on headers, body, redirects and time; certificates are checked without following the addresses that stand in them.
/// </summary>
internal sealed class HttpsFetcher : IDisposable
{
    private const int MaxRedirects = 3, MaxHeaderKilobytes = 16, MaxPipelines = 1_000, BufferSize = 64 << 10;
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1"; // RFC 5280, section 4.2.1.12

    private readonly RetrievalOptions _options;
    private readonly TimeProvider _clock;
    private readonly AllowedHost[] _allowed;
    private readonly HttpMessageInvoker _http;
    private readonly ConcurrentDictionary<string, ResiliencePipeline> _pipelines = new(StringComparer.Ordinal);

    public HttpsFetcher(RetrievalOptions options, ResolveHost resolve, TimeProvider clock)
    {
        _options = options;
        _clock = clock;
        _allowed = [.. options.AllowedHosts.Select(h => AllowedHost.TryParse(h, out var allowed) ? allowed : throw new FormatException($"'{h}' is no host."))];
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectCallback = new CheckedConnections(resolve, [.. options.TrustedNetworks.Select(IPNetwork.Parse)], clock).ConnectAsync,
            PooledConnectionLifetime = TimeSpan.Zero, // every request has a connection of its own, which was checked
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            MaxResponseHeadersLength = MaxHeaderKilobytes,
            MaxResponseDrainSize = 0,
            ActivityHeadersPropagator = null,
            SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = ChainPolicy(options.TrustedRoots) },
        });
    }

    /// <summary>The whole body.</summary>
    /// <exception cref="SourceException">It is refused, too large, or cannot be had now.</exception>
    public async Task<byte[]> FetchAsync(Uri address, CancellationToken cancellationToken)
    {
        // First, so that hosts which are never asked have no part in what is known of those that are.
        CheckListed(address);
        try
        {
            return await PipelineOf(address).ExecuteAsync(async token => await ExchangeAsync(address, token), cancellationToken);
        }
        catch (TimeoutRejectedException)
        {
            throw new SourceException(SourceOutcome.Unavailable, $"It did not finish within {_options.Host.AttemptTimeout:c}.");
        }
        catch (BrokenCircuitException)
        {
            throw new SourceException(SourceOutcome.Unavailable, "Its host failed too often lately and is left alone for a moment.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new SourceException(SourceOutcome.Unavailable, e.Message);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<byte[]> ExchangeAsync(Uri address, CancellationToken cancellationToken)
    {
        for (var redirects = 0; redirects <= MaxRedirects; redirects++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address) { Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
            using var response = await SendAsync(request, cancellationToken);
            if (response.StatusCode is HttpStatusCode.OK)
            {
                return await ReadAsync(response.Content, cancellationToken);
            }

            address = Redirected(response, address);
            CheckListed(address);
        }

        throw new SourceException(SourceOutcome.Refused, $"It redirects more than {MaxRedirects} times.");
    }

    private void CheckListed(Uri address)
    {
        if (!Array.Exists(_allowed, a => a.Allows(address)))
        {
            throw new SourceException(SourceOutcome.Refused, $"{Host(address)} is not on the list of allowed hosts (Retrieval:AllowedHosts).");
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await _http.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException e) when (e.InnerException is SourceException refused)
        {
            throw new SourceException(refused.Outcome, refused.Message);
        }
        catch (HttpRequestException e) when (e.InnerException is AuthenticationException)
        {
            throw new SourceException(SourceOutcome.Unavailable, "It has no certificate that is valid for its host.");
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new SourceException(SourceOutcome.TooLarge, $"Its answer's headers have more than {MaxHeaderKilobytes} KiB.");
        }
    }

    private static Uri Redirected(HttpResponseMessage response, Uri from)
    {
        var status = (int)response.StatusCode;
        if (status is not (301 or 302 or 303 or 307 or 308))
        {
            throw status is 408 or 429 or >= 500
                ? new HttpRequestException($"It answered with status {status}.")
                : new SourceException(SourceOutcome.Unavailable, $"It answered with status {status}.");
        }

        if (response.Headers.Location is not { } location || !Uri.TryCreate(from, location, out var to))
        {
            throw new SourceException(SourceOutcome.Refused, "It redirects to nowhere.");
        }

        return ProfileSource.IsPlainHttps(to)
            ? to
            : throw new SourceException(SourceOutcome.Refused, $"It redirects to {to.Scheme}://{Host(to)}, where only https without user name and fragment is followed.");
    }

    private async Task<byte[]> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentEncoding.Count > 0)
        {
            throw new SourceException(SourceOutcome.Refused, "It sends compressed bytes although none were asked for.");
        }

        if (content.Headers.ContentLength > _options.MaxBytes)
        {
            throw TooLarge();
        }

        await using var body = await content.ReadAsStreamAsync(cancellationToken);
        using var bytes = new MemoryStream();
        var buffer = new byte[BufferSize];
        while (await body.ReadAsync(buffer, cancellationToken) is > 0 and var count)
        {
            if (bytes.Length + count > _options.MaxBytes)
            {
                throw TooLarge();
            }

            bytes.Write(buffer, 0, count);
        }

        return bytes.ToArray();
    }

    private SourceException TooLarge() => new(SourceOutcome.TooLarge, $"It sends more than the {_options.MaxBytes} bytes that are allowed (Retrieval:MaxBytes).");

    /// <summary>One for each host and port, so that a host that fails holds no other one back.</summary>
    private ResiliencePipeline PipelineOf(Uri address)
    {
        if (_pipelines.Count >= MaxPipelines)
        {
            _pipelines.Clear();
        }

        return _pipelines.GetOrAdd(address.Authority, _ => Pipelines.Of(_options.Host, _clock));
    }

    /// <summary>Host and port of an address that somebody else wrote, as a message may show it.</summary>
    private static string Host(Uri address)
    {
        var host = address.GetComponents(UriComponents.HostAndPort, UriFormat.UriEscaped);
        return host.Length <= 100 ? host : host[..100] + "…";
    }

    /// <summary>
    /// Downloads nothing: an issuer's address in a hostile certificate would otherwise be asked, wherever it lies, before anything is verified. So servers have to
    /// send their intermediate certificates, as RFC 8446, section 4.4.2, demands, and revocation is not looked up.
    /// </summary>
    private static X509ChainPolicy ChainPolicy(string? furtherRoots)
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
}
