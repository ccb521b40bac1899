using System.Numerics;
using Ethereum.Transactions;

namespace Ethereum.Tests.Transactions;

public class RlpTests
{
    // ethereum.org, "Recursive-length prefix (RLP) serialization", Examples.
    [Theory]
    [InlineData("646f67", "0x83646f67")]
    [InlineData("", "0x80")]
    [InlineData("00", "0x00")]
    [InlineData("0f", "0x0f")]
    [InlineData("0400", "0x820400")]
    [InlineData("4c6f72656d20697073756d20646f6c6f722073697420616d65742c20636f6e7365637465747572206164697069736963696e6720656c6974",
        "0xb8384c6f72656d20697073756d20646f6c6f722073697420616d65742c20636f6e7365637465747572206164697069736963696e6720656c6974")]
    public void Byte_string_is_encoded_as_published(string bytes, string expected)
    {
        var encoded = Rlp.Encode(Convert.FromHexString(bytes));
        Assert.Equal(expected, Hex.ToString(encoded));
        Assert.Equal(bytes, Convert.ToHexStringLower(RlpItem.Decode(encoded).Bytes()));
    }

    [Fact]
    public void Lists_are_encoded_as_published()
    {
        var empty = Rlp.EncodeList();
        Assert.Equal("0xc88363617483646f67", Hex.ToString(Rlp.EncodeList(Rlp.Encode("cat"u8), Rlp.Encode("dog"u8))));
        Assert.Equal("0xc0", Hex.ToString(empty));
        Assert.Equal("0xc7c0c1c0c3c0c1c0", Hex.ToString(Rlp.EncodeList(empty, Rlp.EncodeList(empty), Rlp.EncodeList(empty, Rlp.EncodeList(empty)))));
        Assert.Equal(2, RlpItem.Decode(Convert.FromHexString("c7c0c1c0c3c0c1c0")).List(3)[2].List(2).Count);
    }

    [Fact]
    public void Numbers_have_no_leading_zeros()
    {
        Assert.Equal("0x80", Hex.ToString(Rlp.Encode(BigInteger.Zero)));
        Assert.Equal("0x820400", Hex.ToString(Rlp.Encode(new BigInteger(1024))));
        Assert.Throws<FormatException>(() => RlpItem.Decode([0x82, 0, 1]).Number());
        Assert.Throws<FormatException>(() => RlpItem.Decode([0x00]).Number());
        Assert.Throws<ArgumentOutOfRangeException>(() => Rlp.Encode(BigInteger.MinusOne));
    }

    [Theory]
    [InlineData("")]
    [InlineData("83646f")]
    [InlineData("8100")]
    [InlineData("b800")]
    [InlineData("b83700")]
    [InlineData("b90001ff")]
    [InlineData("bfffffffffffffffff")]
    [InlineData("fbffffffff")]
    [InlineData("c883636174")]
    [InlineData("c28363")]
    [InlineData("8080")]
    public void Encoding_that_is_cut_off_or_not_the_shortest_is_refused(string data) =>
        Assert.Throws<FormatException>(() => RlpItem.Decode(Convert.FromHexString(data)));

    [Fact]
    public void Lists_nested_without_end_are_refused_before_the_stack_ends()
    {
        var data = Rlp.EncodeList();
        for (var i = 0; i < 20; i++)
        {
            data = Rlp.EncodeList(data);
        }

        Assert.Throws<FormatException>(() => RlpItem.Decode(data));
    }
}
