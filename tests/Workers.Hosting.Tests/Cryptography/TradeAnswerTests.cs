using System.Numerics;
using Ethereum;
using Workers.Hosting.Cryptography;

namespace Workers.Hosting.Tests.Cryptography;

public sealed class TradeAnswerTests
{
    private static readonly TradeReference Trade = new(31337, Address.Parse("0x5fbdb2315678afecb367f032d93f642f64180aa3"), 7);

    [Fact]
    public void An_answer_has_113_bytes_and_gives_the_buyer_the_key()
    {
        using var buyer = P256KeyPair.Generate();
        using var key = Secret.Random(32);
        var answer = TradeAnswer.Seal(buyer.PublicKey, key, Trade);
        Assert.Equal(113, answer.Length);
        using var opened = TradeAnswer.Open(buyer, answer, Trade);
        Assert.True(opened.FixedTimeEquals(key));
    }

    [Fact]
    public void An_answer_copied_into_another_trade_contract_or_chain_does_not_open()
    {
        using var buyer = P256KeyPair.Generate();
        using var key = Secret.Random(32);
        var answer = TradeAnswer.Seal(buyer.PublicKey, key, Trade);
        Assert.All(
            new[] { Trade with { ChainId = 1 }, Trade with { TradeId = 8 }, Trade with { Contract = Address.Zero } },
            other => Assert.Throws<HpkeException>(() => TradeAnswer.Open(buyer, answer, other)));
    }

    [Fact]
    public void An_answer_of_another_length_is_refused()
    {
        using var buyer = P256KeyPair.Generate();
        Assert.Throws<HpkeException>(() => TradeAnswer.Open(buyer, new byte[112], Trade));
        Assert.Throws<HpkeException>(() => TradeAnswer.Open(buyer, Hpke.Seal(buyer.PublicKey, TradeAnswer.Info(Trade), [], new byte[33]), Trade));
    }

    [Fact]
    public void A_key_or_trade_number_of_wrong_size_is_refused_before_anything_is_sealed()
    {
        using var buyer = P256KeyPair.Generate();
        using var key = Secret.Random(32);
        using var shortKey = Secret.Random(31);
        var publicKey = buyer.PublicKey.ToArray();
        Assert.Throws<ArgumentException>(() => TradeAnswer.Seal(publicKey, shortKey, Trade));
        Assert.Throws<ArgumentException>(() => TradeAnswer.Seal(publicKey, key, Trade with { TradeId = -1 }));
        Assert.Throws<ArgumentException>(() => TradeAnswer.Seal(publicKey, key, Trade with { TradeId = BigInteger.One << 256 }));
    }

    [Fact]
    public void The_info_is_laid_out_as_documented() =>
        Assert.Equal(
            Convert.ToHexStringLower("data-market/trade-answer/v1"u8) + "0000000000007a69" + "5fbdb2315678afecb367f032d93f642f64180aa3" + new string('0', 63) + "7",
            Convert.ToHexStringLower(TradeAnswer.Info(Trade)));
}
