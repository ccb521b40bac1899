using Workers.Oracle.Profiles;

namespace Workers.Oracle.Tests.Profiles;

public sealed class ProfileSourceTests
{
    private const string V0 = "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG";

    [Theory]
    [InlineData("https://Profiles.example.org/a/../b", "https://profiles.example.org/b", "https://profiles.example.org/b")]
    [InlineData("HTTPS://profiles.example.org:443/%61", "https://profiles.example.org/a", "https://profiles.example.org/a")]
    [InlineData("https://profiles.example.org:8443/p?token=secret", "https://profiles.example.org:8443/p?token=secret", "https://profiles.example.org:8443/p")]
    [InlineData("ipfs://bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy", "ipfs://bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy", "ipfs://bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy")]
    public void A_source_has_one_text_and_shows_no_query(string text, string canonical, string shown)
    {
        var source = ProfileSource.Parse(text);
        Assert.Equal(canonical, source.Text);
        Assert.Equal(shown, source.ToString());
        Assert.Equal(ProfileSource.Parse(canonical), source);
    }

    [Fact]
    public void Both_versions_of_a_CID_are_one_source()
    {
        var source = ProfileSource.Parse("ipfs://" + V0);
        Assert.StartsWith("ipfs://bafybei", source.Text, StringComparison.Ordinal);
        Assert.Single(new[] { source, ProfileSource.Parse(source.Text) }.Distinct());
    }

    [Theory]
    [InlineData("http://profiles.example.org/a")]
    [InlineData("ftp://profiles.example.org/a")]
    [InlineData("file:///etc/passwd")]
    [InlineData("//profiles.example.org/a")]
    [InlineData("https:profiles.example.org")]
    [InlineData("https://")]
    [InlineData("https:///a")]
    [InlineData("https://user@profiles.example.org/a")]
    [InlineData("https://user:word@profiles.example.org/a")]
    [InlineData("https://@profiles.example.org/a")]
    [InlineData("https://:@profiles.example.org/a")]
    [InlineData("https://profiles.example.org./a")]
    [InlineData("https://profiles.example.org/a#b")]
    [InlineData("https://profiles.example.org/a#")]
    [InlineData("https://profiles.example.org:0/a")]
    [InlineData("https://profiles.example.org:65536/a")]
    [InlineData("https://profiles.example.org\\@evil.example/a")]
    [InlineData(" https://profiles.example.org/a")]
    [InlineData("https://profiles.example.org/a b")]
    [InlineData("https://profiles.example.org/a\r\nHost: b")]
    [InlineData("https://prófiles.example.org/a")]
    [InlineData("ipfs://")]
    [InlineData("IPFS://bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy")]
    [InlineData("ipfs://bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy/a")]
    [InlineData("ipfs://bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52z")]
    [InlineData("bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy")]
    [InlineData("")]
    [InlineData(null)]
    public void Anything_else_is_no_source(string? text)
    {
        Assert.False(ProfileSource.TryParse(text, out var source), source?.Text);
        Assert.Throws<FormatException>(() => ProfileSource.Parse(text!));
    }

    [Fact]
    public void A_source_has_a_longest_length()
    {
        const string start = "https://profiles.example.org/";
        Assert.True(ProfileSource.TryParse(start.PadRight(ProfileSource.MaxLength, 'a'), out _));
        Assert.False(ProfileSource.TryParse(start.PadRight(ProfileSource.MaxLength + 1, 'a'), out _));
    }
}
