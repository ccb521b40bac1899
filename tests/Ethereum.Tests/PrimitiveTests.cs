using System.Numerics;
using System.Text;

namespace Ethereum.Tests;

public class PrimitiveTests
{
    // EIP-55, "Test Cases".
    [Theory]
    [InlineData("0x52908400098527886E0F7030069857D2E4169EE7")]
    [InlineData("0x8617E340B3D01FA5F11F306F4090FD50E238070D")]
    [InlineData("0xde709f2102306220921060314715629080e2fb77")]
    [InlineData("0x27b1fdb04752bbc536007a920d24acb045561c26")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [InlineData("0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359")]
    [InlineData("0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB")]
    [InlineData("0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb")]
    public void Address_writes_the_checksum_of_EIP_55(string text)
    {
        var address = Address.Parse(text);
        Assert.Equal(text, address.ToChecksumString());
        Assert.Equal(text.ToLowerInvariant(), address.ToString());
        Assert.Equal(address, new Address(address.ToArray()));
    }

    [Theory]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD")] // one letter in the wrong case
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAedd0")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAzz")]
    [InlineData("")]
    [InlineData(null)]
    public void Mistyped_address_is_refused(string? text)
    {
        Assert.False(Address.TryParse(text, null, out _));
        Assert.Throws<FormatException>(() => Address.Parse(text!));
    }

    [Fact]
    public void Hash_orders_as_a_big_endian_number_and_survives_its_text()
    {
        var one = Hash32.Parse("0x" + new string('0', 63) + "1");
        var high = Hash32.Parse("01" + new string('0', 62));
        Assert.True(one < high);
        Assert.Equal(one, Hash32.Parse(one.ToString()));
        Assert.True(Hash32.TryParse(Encoding.ASCII.GetBytes(high.ToString()), out var again));
        Assert.Equal(high, again);
        Assert.False(Hash32.TryParse("0x01", null, out _));
    }

    // Ethereum JSON-RPC specification, "Hex encoding": 65 is 0x41, 1024 is 0x400, 0 is 0x0, and 0x alone is wrong.
    [Fact]
    public void Quantity_is_written_without_leading_zeros_and_read_within_its_width()
    {
        Assert.Equal("0x41", Hex.Quantity(65));
        Assert.Equal("0x400", Hex.Quantity(new BigInteger(1024)));
        Assert.Equal("0x0", Hex.Quantity(BigInteger.Zero));
        Assert.Equal("0xff", Hex.Quantity(new BigInteger(255)));
        Assert.False(Hex.TryQuantity("0x"u8, out ulong _));
        Assert.False(Hex.TryQuantity("0x10000000000000000"u8, out ulong _));
        Assert.False(Hex.TryQuantity("0x-1"u8, out BigInteger _));
        Assert.True(Hex.TryQuantity("0xffffffffffffffff"u8, out ulong largest));
        Assert.Equal(ulong.MaxValue, largest);
        Assert.True(Hex.TryQuantity("0xffffffffffffffffff"u8, out BigInteger big));
        Assert.Equal((BigInteger.One << 72) - 1, big);
    }

    [Fact]
    public void Malformed_data_is_refused_without_repeating_it()
    {
        var odd = Assert.Throws<FormatException>(() => Hex.Parse("0xabc"));
        var letter = Assert.Throws<FormatException>(() => Hex.Parse("0xdeadbeeg"));
        Assert.DoesNotContain("abc", odd.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("deadbee", letter.Message, StringComparison.Ordinal);
    }
}
