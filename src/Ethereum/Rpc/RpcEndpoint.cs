using System.Net.Http.Headers;
using System.Text;

namespace Ethereum.Rpc;

/// <summary>One endpoint and how it has been doing. An endpoint in back-off is asked only when all are.</summary>
internal sealed class RpcEndpoint
{
    private readonly Lock _lock = new();
    private int _failures;
    private DateTimeOffset _notBefore;

    public RpcEndpoint(Uri uri)
    {
        if (!uri.IsAbsoluteUri || uri.Scheme is not ("http" or "https"))
        {
            throw new ArgumentException("An RPC endpoint is an absolute http or https address.", nameof(uri));
        }

        Name = uri.IsDefaultPort ? uri.Host : $"{uri.Host}:{uri.Port}";
        if (uri.UserInfo.Length > 0)
        {
            var credentials = Encoding.UTF8.GetBytes(Uri.UnescapeDataString(uri.UserInfo));
            Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(credentials));
            uri = new UriBuilder(uri) { UserName = "", Password = "" }.Uri;
        }

        Address = uri;
    }

    public Uri Address { get; }

    public AuthenticationHeaderValue? Authorization { get; }

    /// <summary>Host and port, for messages.</summary>
    public string Name { get; }

    /// <summary>When the back-off ends; in the past for an endpoint that works.</summary>
    public DateTimeOffset NotBefore
    {
        get
        {
            lock (_lock)
            {
                return _notBefore;
            }
        }
    }

    public void Succeeded()
    {
        lock (_lock)
        {
            (_failures, _notBefore) = (0, default);
        }
    }

    public void Failed(DateTimeOffset now, TimeSpan? retryAfter, EthereumRpcOptions options)
    {
        lock (_lock)
        {
            var doubled = options.BackOff * Math.Pow(2, Math.Min(_failures++, 20));
            var wait = retryAfter > doubled ? retryAfter.Value : doubled;
            _notBefore = now + (wait < options.MaxBackOff ? wait : options.MaxBackOff);
        }
    }

    /// <summary>The order in which to ask: those that work as configured, then those in back-off by its end.</summary>
    public static IEnumerable<RpcEndpoint> InOrder(IEnumerable<RpcEndpoint> endpoints, DateTimeOffset now) =>
        endpoints.Select(e => (Endpoint: e, e.NotBefore)).OrderBy(e => e.NotBefore > now ? e.NotBefore : DateTimeOffset.MinValue).Select(e => e.Endpoint);
}
