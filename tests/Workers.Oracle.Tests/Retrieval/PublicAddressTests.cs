using System.Net;
using Workers.Hosting.Http;
using Workers.Oracle.Retrieval;

namespace Workers.Oracle.Tests.Retrieval;

public sealed class PublicAddressTests
{
    [Theory]
    [InlineData("0.0.0.0", "0.255.255.255", null, "1.0.0.0")]
    [InlineData("10.0.0.0", "10.255.255.255", "9.255.255.255", "11.0.0.0")]
    [InlineData("100.64.0.0", "100.127.255.255", "100.63.255.255", "100.128.0.0")]
    [InlineData("127.0.0.0", "127.255.255.255", "126.255.255.255", "128.0.0.0")]
    [InlineData("169.254.0.0", "169.254.255.255", "169.253.255.255", "169.255.0.0")]
    [InlineData("172.16.0.0", "172.31.255.255", "172.15.255.255", "172.32.0.0")]
    [InlineData("192.0.0.0", "192.0.0.255", "191.255.255.255", "192.0.1.0")]
    [InlineData("192.0.2.0", "192.0.2.255", "192.0.1.255", "192.0.3.0")]
    [InlineData("192.88.99.0", "192.88.99.255", "192.88.98.255", "192.88.100.0")]
    [InlineData("192.168.0.0", "192.168.255.255", "192.167.255.255", "192.169.0.0")]
    [InlineData("198.18.0.0", "198.19.255.255", "198.17.255.255", "198.20.0.0")]
    [InlineData("198.51.100.0", "198.51.100.255", "198.51.99.255", "198.51.101.0")]
    [InlineData("203.0.113.0", "203.0.113.255", "203.0.112.255", "203.0.114.0")]
    [InlineData("224.0.0.0", "239.255.255.255", "223.255.255.255", null)]
    [InlineData("240.0.0.0", "255.255.255.255", null, null)]
    [InlineData("::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", null, "2000::")]
    [InlineData("2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:200::")]
    [InlineData("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::")]
    [InlineData("2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2003::")]
    [InlineData("3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:1000::")]
    [InlineData("4000::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", null)]
    public void A_range_ends_where_its_registry_says(string first, string last, string? before, string? after)
    {
        Assert.False(PublicAddress.IsPublic(IPAddress.Parse(first)), first);
        Assert.False(PublicAddress.IsPublic(IPAddress.Parse(last)), last);
        Assert.True(before is null || PublicAddress.IsPublic(IPAddress.Parse(before)), before);
        Assert.True(after is null || PublicAddress.IsPublic(IPAddress.Parse(after)), after);
    }

    [Theory]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::127.0.0.1")]
    [InlineData("::8.8.8.8")]
    [InlineData("64:ff9b::10.0.0.1")]
    [InlineData("64:ff9b::169.254.169.254")]
    [InlineData("64:ff9b:0:0:0:1:808:808")]
    [InlineData("64:ff9b:1::8.8.8.8")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2001:0:4136:e378:8000:63bf:80ff:fffe")]
    [InlineData("100::1")]
    [InlineData("fc00::1")]
    [InlineData("fd12:3456:789a::1")]
    [InlineData("fe80::1%1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    [InlineData("5f00::1")]
    public void An_address_that_hides_or_leads_into_a_private_network_is_not_public(string address) =>
        Assert.False(PublicAddress.IsPublic(IPAddress.Parse(address)));

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("64:ff9b::8.8.8.8")]
    [InlineData("2606:4700::1111")]
    public void A_public_address_is_public(string address) => Assert.True(PublicAddress.IsPublic(IPAddress.Parse(address)));

    [Theory]
    [InlineData("profiles.test", "https://profiles.test/", true)]
    [InlineData("profiles.test", "https://PROFILES.test:443/a", true)]
    [InlineData("profiles.test", "https://profiles.test:8443/", false)]
    [InlineData("profiles.test:8443", "https://profiles.test:8443/", true)]
    [InlineData("profiles.test:8443", "https://profiles.test/", false)]
    [InlineData("profiles.test", "https://a.profiles.test/", false)]
    [InlineData(".profiles.test", "https://a.b.profiles.test/", true)]
    [InlineData(".profiles.test", "https://profiles.test/", false)]
    [InlineData(".profiles.test", "https://evilprofiles.test/", false)]
    [InlineData("profiles.test", "https://profiles.test.evil.test/", false)]
    [InlineData("profiles.test", "https://test/", false)]
    [InlineData("profiles.test", "https://files.test/", false)]
    [InlineData("[::1]:8443", "https://[::1]:8443/", true)]
    public void The_list_of_hosts_takes_whole_names_and_ports(string entry, string address, bool allowed)
    {
        Assert.True(AllowedHost.TryParse(entry, out var host));
        Assert.Equal(allowed, host.Allows(new Uri(address)));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..test")]
    [InlineData(".0.0.1")]
    [InlineData("https://profiles.test")]
    [InlineData("profiles.test/a")]
    [InlineData("profiles.test\\a")]
    [InlineData("profiles.test?a")]
    [InlineData("profiles.test#a")]
    [InlineData("prófiles.test")]
    [InlineData("user@profiles.test")]
    [InlineData("*.profiles.test")]
    [InlineData("profiles.test.")]
    [InlineData("profiles.test:0")]
    public void An_entry_that_is_no_host_is_refused(string entry) => Assert.False(AllowedHost.TryParse(entry, out _));
}
