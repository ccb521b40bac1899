using System.Text;

namespace ContentStore.Tests;

public class CidTests
{
    private const string HelloWorld = "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e";

    [Fact]
    public void The_cid_of_hello_world_is_the_one_that_kubo_gives()
    {
        // Source: ipfs/kubo test/cli/cid_profiles_test.go, profile unixfs-v1-2025, SmallFileCID.
        Assert.Equal(HelloWorld, Cid.Of(CidCodec.Raw, "hello world"u8).ToString());
    }

    [Fact]
    public void A_version_0_cid_reads_as_the_version_1_cid_of_the_same_block()
    {
        // Source: docs.ipfs.tech/concepts/content-addressing, the example pair of CIDv0 and CIDv1.
        var cid = Cid.Parse("QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n");

        Assert.Equal("bafybeihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku", cid.ToString());
        Assert.Equal(CidCodec.DagPb, cid.Codec);
    }

    [Fact]
    public void Text_and_binary_forms_lead_back_to_the_same_cid()
    {
        var random = new Random(7);
        for (var i = 0; i < 200; i++)
        {
            var digest = new byte[32];
            random.NextBytes(digest);
            var cid = new Cid(i % 2 == 0 ? CidCodec.Raw : CidCodec.DagPb, digest);

            Assert.Equal(cid, Cid.Parse(cid.ToString()));
            Assert.True(Cid.TryReadBinary(cid.ToArray(), out var read));
            Assert.Equal(cid, read);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("b")]
    [InlineData("bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5")] // a digit short
    [InlineData("bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5ea")] // a digit long
    [InlineData("Bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e")] // multibase upper case
    [InlineData("bAFKREIFZJUT3TE2NHYEKKLSS27NH3K72YSCO7Y32KOAO5EEI66WOF36N5E")]
    [InlineData("bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n51")] // 1 is no base32 digit
    [InlineData("bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5f")] // bits behind the end
    [InlineData("bafyreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e")] // dag-cbor
    [InlineData(" bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e")]
    [InlineData("QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR10")] // 0 is no base58 digit
    [InlineData("1111111111111111111111111111111111111111111111")]
    public void Anything_but_the_canonical_text_is_refused(string text)
    {
        Assert.False(Cid.TryParse(text, out _));
        Assert.Throws<FormatException>(() => Cid.Parse(text));
    }

    [Fact]
    public void A_cid_with_another_hash_function_or_length_is_refused()
    {
        var binary = Cid.Parse(HelloWorld).ToArray();
        foreach (var at in new[] { 0, 1, 2, 3 })
        {
            var changed = binary.ToArray();
            changed[at] ^= 0x40;
            Assert.False(Cid.TryReadBinary(changed, out _), $"byte {at} was changed");
        }

        Assert.False(Cid.TryReadBinary(binary.AsSpan(0, 35), out _));
        Assert.True(Cid.TryReadBinary(binary, out _));
    }

    [Fact]
    public void Codec_and_digest_both_make_a_cid_another_one()
    {
        var block = Encoding.UTF8.GetBytes("x");

        Assert.NotEqual(Cid.Of(CidCodec.Raw, block), Cid.Of(CidCodec.DagPb, block));
        Assert.NotEqual(Cid.Of(CidCodec.Raw, block), Cid.Of(CidCodec.Raw, "y"u8));
        Assert.True(Cid.Of(CidCodec.Raw, block) == Cid.Of(CidCodec.Raw, block));
    }
}
