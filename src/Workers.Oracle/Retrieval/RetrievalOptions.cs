using System.ComponentModel.DataAnnotations;
using System.Net;
using Workers.Hosting.Http;
using Workers.Hosting.Resilience;
using Workers.Oracle.Profiles;

namespace Workers.Oracle.Retrieval;

/// <summary>Section <c>Retrieval</c>: from where members' profiles are fetched.</summary>
public sealed class RetrievalOptions : IValidatableObject
{
    /// <summary>
    /// Hosts that are asked over HTTPS, e.g. <c>profiles.example.org</c>, <c>.example.org</c> (all below it), <c>profiles.example.org:8443</c>; port 443
    /// where none is named. Default: none.
    /// </summary>
    public List<string> AllowedHosts { get; set; } = [];

    /// <summary>Whether profiles are taken from the content store. Default: yes.</summary>
    public bool Ipfs { get; set; } = true;

    /// <summary>Longest envelope in bytes. Default: the format's own limit, 12 MiB.</summary>
    [Range(1_024, ProfileEnvelope.MaxBytes)]
    public int MaxBytes { get; set; } = ProfileEnvelope.MaxBytes;

    /// <summary>Sources of one profile that are asked at the same time. Default 4; each takes up to five times <see cref="MaxBytes"/> of memory.</summary>
    [Range(1, ProfileRequest.MaxSources)]
    public int Parallelism { get; set; } = 4;

    /// <summary>
    /// How an HTTPS host is asked again, given up and held back. Its <see cref="DependencyOptions.AttemptTimeout"/>, 30 seconds by default, is for the whole exchange, redirects and
    /// body included, and for a file of IPFS as well.
    /// </summary>
    public DependencyOptions Host { get; set; } = new() { Retries = 2, FirstDelay = TimeSpan.FromMilliseconds(500), AttemptTimeout = TimeSpan.FromSeconds(30) };

    /// <summary>
    /// For tests and demonstrations: networks that are asked although they are not public, e.g. <c>127.0.0.0/8</c>. Whoever chooses a profile's sources
    /// could then have this machine ask servers of its own network. Default: none.
    /// </summary>
    public List<string> TrustedNetworks { get; set; } = [];

    /// <summary>For tests and demonstrations: PEM file of further certificate authorities. They could stand for any host. Default: none.</summary>
    public string? TrustedRoots { get; set; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var host in AllowedHosts.Where(h => !AllowedHost.TryParse(h, out _)))
        {
            yield return new ValidationResult($"'{host}' is no host like profiles.example.org, .example.org or profiles.example.org:8443", [nameof(AllowedHosts)]);
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
