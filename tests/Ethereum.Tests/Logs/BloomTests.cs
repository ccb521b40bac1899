using System.Globalization;
using System.Text;
using Ethereum.Logs;
using Ethereum.Rpc;
using Ethereum.Tests.Rpc;

namespace Ethereum.Tests.Logs;

public class BloomTests
{
    // go-ethereum, core/types/bloom9_test.go, TestBloomExtensively: Keccak-256 of the filter with a hundred values in it.
    [Fact]
    public void Filter_of_a_hundred_values_is_the_published_one()
    {
        var bloom = new byte[Bloom.Size];
        for (var i = 0; i < 100; i++)
        {
            Bloom.Add(bloom, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"xxxxxxxxxx data {i} yyyyyyyyyyyyyy")));
        }

        Assert.Equal("0xc8d3ca65cdb4874300a9e39475508f23ed6da09fdbc487f89a2dcf50b09eb263", Keccak256.Hash(bloom).ToString());
        Assert.True(Bloom.MayContain(bloom, "xxxxxxxxxx data 42 yyyyyyyyyyyyyy"u8));
        Assert.False(Bloom.MayContain(new byte[Bloom.Size], "xxxxxxxxxx data 42 yyyyyyyyyyyyyy"u8));
    }

    [Fact]
    public void Block_is_suspected_only_when_address_and_topic_may_both_be_in_it()
    {
        var bloom = Bloom.Of([Chain.LogAt(1, 0)]);
        var other = Keccak256.Hash("Other()");
        Assert.True(Matches(bloom, LogFilter.Of([Chain.Token], Chain.Topic)));
        Assert.True(Matches(bloom, LogFilter.Of([Address.Zero, Chain.Token], other, Chain.Topic)));
        Assert.True(Matches(bloom, LogFilter.Of([])));
        Assert.True(Matches(bloom, new LogFilter([], [[], [Chain.Topic]])));
        Assert.False(Matches(bloom, LogFilter.Of([Address.Zero], Chain.Topic)));
        Assert.False(Matches(bloom, LogFilter.Of([Chain.Token], other)));
        Assert.False(Matches(new byte[Bloom.Size], LogFilter.Of([])));
    }

    private static bool Matches(byte[] bloom, LogFilter filter) => Bloom.Matcher(filter)(bloom);
}
