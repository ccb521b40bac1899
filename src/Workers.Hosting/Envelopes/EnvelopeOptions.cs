using System.ComponentModel.DataAnnotations;
using System.Net;
using Workers.Hosting.Http;
using Workers.Hosting.Resilience;

namespace Workers.Hosting.Envelopes;

/// <summary>Section <c>Envelopes</c>: how this member and others reach each other.</summary>
public sealed class EnvelopeOptions : IValidatableObject
{
    /// <summary>Where other members' envelopes come in, apart from the operator's API. Loopback unless told otherwise; port 0 takes any free one.</summary>
    [Required]
    public string Url { get; set; } = "https://127.0.0.1:8443";

    /// <summary>
    /// PEM file of the server's certificate and what certifies it; its key stands in it too, or in <see cref="CertificateKey"/>. Default: a self-signed one,
    /// made at first start in the data directory. Replicas need the same.
    /// </summary>
    public string? Certificate { get; set; }

    /// <summary>PEM file of the certificate's key, where it has one of its own.</summary>
    public string? CertificateKey { get; set; }

    /// <summary>File of this member's P-256 key, 32 bytes, made at first start with mode 0600. Default: <c>envelope.key</c> in the data directory.</summary>
    [Required]
    public string KeyFile { get; set; } = "envelope.key";

    /// <summary>Longest body in bytes, before it is sealed. Default 256 KiB.</summary>
    [Range(1, 16 << 20)]
    public int MaxBody { get; set; } = 256 << 10;

    /// <summary>Envelopes that are valid for longer are refused. Default 2 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan MaxLifetime { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How long the envelopes sent from here are valid. Default 1 minute.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How far other members' clocks may differ from this one's. Default 30 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan ClockTolerance { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often nonces of expired envelopes are deleted. Default 10 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan PurgeInterval { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Time that a handler may take. Default 20 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan HandlerTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>What is taken from whom, and how much at once.</summary>
    public EnvelopeLimitOptions Limits { get; set; } = new();

    /// <summary>How a member is asked again, given up and held back, each by itself. An attempt lasts 30 seconds by default, the whole exchange included.</summary>
    public DependencyOptions Member { get; set; } = new() { Retries = 2, FirstDelay = TimeSpan.FromMilliseconds(500), MinimumThroughput = 5 };

    /// <summary>
    /// For tests and demonstrations: networks where members are reached although they are not public, e.g. <c>127.0.0.0/8</c>. Any member could then have this
    /// machine ask servers of its own network. Default: none.
    /// </summary>
    public List<string> TrustedNetworks { get; set; } = [];

    /// <summary>PEM file of further certificate authorities, for endpoints without a pin. They could stand for any such host. Default: none.</summary>
    public string? TrustedRoots { get; set; }

    /// <summary>The address and port of <see cref="Url"/>.</summary>
    internal IPEndPoint? Listen =>
        Uri.TryCreate(Url, UriKind.Absolute, out var url) && string.Equals(url.Scheme, Uri.UriSchemeHttps, StringComparison.Ordinal)
            && string.Equals(url.PathAndQuery + url.Fragment + url.UserInfo, "/", StringComparison.Ordinal) && IPAddress.TryParse(url.Host, out var address)
            ? new IPEndPoint(address, url.Port)
            : null;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Listen is null)
        {
            yield return new ValidationResult("has to be https, an address of this machine and a port: https://0.0.0.0:8443 for all addresses", [nameof(Url)]);
        }

        if (Lifetime > MaxLifetime)
        {
            yield return new ValidationResult($"is more than Envelopes:MaxLifetime ({MaxLifetime:c}), so members that are configured alike refuse it", [nameof(Lifetime)]);
        }

        if (CertificateKey is not null && Certificate is null)
        {
            yield return new ValidationResult("needs Envelopes:Certificate too", [nameof(CertificateKey)]);
        }

        foreach (var network in TrustedNetworks.Where(n => !IPNetwork.TryParse(n, out _)))
        {
            yield return new ValidationResult($"'{network}' is no network like 127.0.0.0/8", [nameof(TrustedNetworks)]);
        }

        if (TrustedRoots is { } file && ForeignHosts.RootsProblem(file) is { } problem)
        {
            yield return new ValidationResult(problem, [nameof(TrustedRoots)]);
        }
    }
}

/// <summary>Section <c>Envelopes:Limits</c>. What is above a limit is told to come later.</summary>
public sealed class EnvelopeLimitOptions
{
    /// <summary>Open connections. Default 256.</summary>
    [Range(1, 100_000)]
    public int Connections { get; set; } = 256;

    /// <summary>Open connections of one address, or of one /64 with IPv6. Default 32.</summary>
    [Range(1, 100_000)]
    public int ConnectionsPerAddress { get; set; } = 32;

    /// <summary>Requests in a second from one address, looked at before anything is verified. Default 100, and twice as many at once.</summary>
    [Range(1, 1_000_000)]
    public int RatePerAddress { get; set; } = 100;

    /// <summary>Envelopes in a second from one member. Default 20, and twice as many at once.</summary>
    [Range(1, 1_000_000)]
    public int RatePerSender { get; set; } = 20;

    /// <summary>Envelopes of one member that are handled at once. Default 4; as many again wait.</summary>
    [Range(1, 10_000)]
    public int ConcurrencyPerSender { get; set; } = 4;

    /// <summary>Envelopes in a second from all members. Default 200, and twice as many at once.</summary>
    [Range(1, 1_000_000)]
    public int Rate { get; set; } = 200;

    /// <summary>Envelopes that are handled at once. Default 16; four times as many wait.</summary>
    [Range(1, 10_000)]
    public int Concurrency { get; set; } = 16;

    /// <summary>Time in which a request has to be there. Default 10 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan ReadTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
