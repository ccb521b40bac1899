using System.ComponentModel.DataAnnotations;
using Workers.Oracle.Retrieval;

namespace Workers.Oracle.Tests.Retrieval;

public sealed class RetrievalOptionsTests
{
    [Fact]
    public void Nothing_is_asked_over_HTTPS_unless_it_is_listed()
    {
        var options = new RetrievalOptions();
        Assert.Empty(Problems(options));
        Assert.Empty(options.AllowedHosts);
        Assert.Empty(options.TrustedNetworks);
        Assert.Null(options.TrustedRoots);
    }

    [Fact]
    public void What_is_no_host_no_network_or_no_certificate_is_refused_at_the_start()
    {
        using var authority = new TestAuthority();
        Assert.Empty(Problems(new RetrievalOptions { AllowedHosts = [".example.org", "[::1]:8443"], TrustedNetworks = ["127.0.0.0/8", "::1/128"], TrustedRoots = authority.PemFile }));
        Assert.Contains("'https://example.org' is no host", Problem(new RetrievalOptions { AllowedHosts = ["example.org", "https://example.org"] }), StringComparison.Ordinal);
        Assert.Contains("'127.0.0.0/33' is no network", Problem(new RetrievalOptions { TrustedNetworks = ["127.0.0.0/33"] }), StringComparison.Ordinal);
        Assert.Contains("cannot be read", Problem(new RetrievalOptions { TrustedRoots = authority.PemFile + ".missing" }), StringComparison.Ordinal);
        var empty = Path.GetTempFileName();
        try
        {
            Assert.Contains("no certificate", Problem(new RetrievalOptions { TrustedRoots = empty }), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(empty);
        }
    }

    private static string Problem(RetrievalOptions options) => Assert.Single(Problems(options)).ErrorMessage!;

    private static IEnumerable<ValidationResult> Problems(RetrievalOptions options) => options.Validate(new ValidationContext(options));
}
