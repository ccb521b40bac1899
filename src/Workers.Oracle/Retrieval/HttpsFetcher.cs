using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;
using Workers.Hosting.Http;
using Workers.Hosting.Resilience;
using Workers.Oracle.Profiles;

namespace Workers.Oracle.Retrieval;

/// <summary>
/// Fetches a file from a host of the list that somebody else chose, and trusts neither it nor its DNS: public addresses only, also behind redirects; no proxy, cookies, credentials or
/// compression; limits on headers, body, redirects and time; certificates are checked without following the addresses that stand in them.
/// </summary>
internal sealed class HttpsFetcher : IDisposable
{
    private const int MaxRedirects = 3, MaxPipelines = 1_000;

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
        _http = new HttpMessageInvoker(ForeignHosts.CreateHandler(
            new CheckedConnections(resolve, [.. options.TrustedNetworks.Select(IPNetwork.Parse)], clock),
            new SslClientAuthenticationOptions { CertificateChainPolicy = ForeignHosts.ChainPolicy(options.TrustedRoots) }));
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
        catch (HttpRequestException e) when (e.InnerException is ForbiddenAddressException refused)
        {
            throw new SourceException(SourceOutcome.Refused, refused.Message);
        }
        catch (HttpRequestException e) when (e.InnerException is AuthenticationException)
        {
            throw new SourceException(SourceOutcome.Unavailable, "It has no certificate that is valid for its host.");
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new SourceException(SourceOutcome.TooLarge, $"Its answer's headers have more than {ForeignHosts.MaxHeaderKilobytes} KiB.");
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

        return await ForeignHosts.ReadAsync(content, _options.MaxBytes, cancellationToken) ?? throw TooLarge();
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
}
