using Workers.Dashboard.Accounts;

namespace Workers.Dashboard.Tests.Accounts;

/// <summary>Cross-site requests: each guard alone keeps another site's page out.</summary>
public sealed class SiteOriginTests
{
    private static readonly SiteOrigin Site = new("https", "market.example");

    [Fact]
    public void The_pages_own_requests_pass()
    {
        Assert.Null(SiteOrigin.Refusal(Site, "https://market.example", "application/json", "application/json", "1"));
        Assert.Null(SiteOrigin.Refusal(Site, "https://market.example", "application/json; charset=utf-8", "application/json", "1"));
    }

    [Theory]
    [InlineData("https://evil.example", "application/json", "1", "another site")]
    [InlineData("http://market.example", "application/json", "1", "another site")]
    [InlineData("https://market.example:8443", "application/json", "1", "another site")]
    [InlineData("https://market.example.evil.example", "application/json", "1", "another site")]
    [InlineData("null", "application/json", "1", "another site")]
    [InlineData(null, "application/json", "1", "an unknown site")]
    [InlineData("https://market.example", "text/plain", "1", "application/json")]
    [InlineData("https://market.example", "application/x-www-form-urlencoded", "1", "application/json")]
    [InlineData("https://market.example", "text/plain; application/json", "1", "application/json")]
    [InlineData("https://market.example", null, "1", "application/json")]
    [InlineData("https://market.example", "application/json", null, "X-Market")]
    [InlineData("https://market.example", "application/json", "", "X-Market")]
    public void Each_guard_refuses_alone(string? origin, string? type, string? marker, string reason) =>
        Assert.Contains(reason, SiteOrigin.Refusal(Site, origin, type, "application/json", marker), StringComparison.Ordinal);

    [Theory]
    [InlineData("http", "127.0.0.1:8080", "http://127.0.0.1:8080")]
    [InlineData("http", "localhost", "http://localhost")]
    [InlineData("http", "[::1]:8080", "http://[::1]:8080")]
    [InlineData("https", "localhost:443", "https://localhost")]
    public void Without_a_configured_origin_the_loopback_is_one(string scheme, string host, string origin) =>
        Assert.Equal(origin, SiteOrigin.Of(null, scheme, host)?.ToString());

    [Theory]
    [InlineData("rebound.example:8080")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("localhost@evil.example")]
    [InlineData("10.0.0.1")]
    [InlineData("")]
    public void A_name_that_somebody_points_here_is_none(string host)
    {
        Assert.Null(SiteOrigin.Of(null, "http", host));
        Assert.NotNull(SiteOrigin.Refusal(null, $"http://{host}", "application/json", "application/json", "1"));
    }

    [Fact]
    public void A_configured_origin_is_the_only_one() =>
        Assert.Equal("https://market.example", SiteOrigin.Of(new Uri("https://market.example/"), "http", "127.0.0.1:8080")?.ToString());
}
