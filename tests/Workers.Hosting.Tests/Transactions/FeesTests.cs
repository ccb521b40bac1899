using System.Numerics;
using Workers.Hosting.Transactions;

namespace Workers.Hosting.Tests.Transactions;

public sealed class FeesTests
{
    private static readonly BigInteger Gwei = 1_000_000_000;

    [Fact]
    public void A_first_offer_is_twice_the_base_fee_and_the_tip()
    {
        Assert.Equal(new Fees(23 * Gwei, 3 * Gwei), Fees.First(10 * Gwei, 3 * Gwei, new TransactionOptions()));
        Assert.Equal(new Fees(21 * Gwei, Gwei), Fees.First(10 * Gwei, 0, new TransactionOptions { MinTipGwei = 1 }));
        Assert.Equal(new Fees(25 * Gwei, 5 * Gwei), Fees.First(10 * Gwei, 3 * Gwei, new TransactionOptions { MinTipGwei = 5 }));
    }

    [Theory]
    [InlineData(200, 0.5)]
    [InlineData(1, 900)]
    public void An_offer_never_exceeds_the_cap_and_its_tip_never_its_fee(double baseGwei, double tipGwei)
    {
        var fees = Fees.First((BigInteger)(baseGwei * 1e9), (BigInteger)(tipGwei * 1e9), new TransactionOptions { MaxFeePerGasGwei = 100 });
        Assert.Equal(100 * Gwei, fees.MaxFee);
        Assert.InRange(fees.Tip, BigInteger.Zero, fees.MaxFee);
    }

    /// <summary>geth, Nethermind and anvil refuse a replacement that does not offer a tenth more of both fees.</summary>
    [Fact]
    public void A_raised_offer_replaces_the_earlier_one_or_says_that_the_cap_does_not_let_it()
    {
        const int Seed = 20261121;
        var random = new Random(Seed);
        var options = new TransactionOptions { MaxFeePerGasGwei = 100, MinTipGwei = 0 };
        for (var i = 0; i < 2_000; i++)
        {
            var fees = Fees.First(random.NextInt64(0, 80_000_000_000), random.NextInt64(0, 20_000_000_000) >> random.Next(35), options);
            var raised = fees.Raised(random.NextInt64(0, 80_000_000_000), random.NextInt64(0, 5_000_000_000), options);
            var tenthMore = 10 * raised.MaxFee >= 11 * fees.MaxFee && 10 * raised.Tip >= 11 * fees.Tip && raised.Tip > fees.Tip && raised.MaxFee > fees.MaxFee;
            Assert.True(raised.Replaces(fees) == tenthMore, $"seed {Seed}, round {i}: {fees} → {raised}");
            Assert.True(tenthMore || raised.MaxFee == 100 * Gwei, $"seed {Seed}, round {i}: {fees} → {raised} is below the cap");
            Assert.True(raised.MaxFee <= 100 * Gwei && raised.Tip <= raised.MaxFee, $"seed {Seed}, round {i}: {raised}");
        }
    }

    [Fact]
    public void An_offer_that_the_cap_lets_rise_by_less_than_a_tenth_replaces_nothing()
    {
        var options = new TransactionOptions { MaxFeePerGasGwei = 100 };
        var earlier = new Fees(95 * Gwei, 2 * Gwei);
        var raised = earlier.Raised(10 * Gwei, Gwei, options);
        Assert.Equal(100 * Gwei, raised.MaxFee);
        Assert.False(raised.Replaces(earlier));
    }

    [Theory]
    [InlineData(110, 11, true)]
    [InlineData(109, 11, false)]
    [InlineData(200, 10, false)]
    [InlineData(200, 9, false)]
    public void Only_an_offer_of_a_tenth_more_in_both_replaces_one_of_100_and_10(int maxFee, int tip, bool replaces)
    {
        Assert.Equal(replaces, new Fees(maxFee, tip).Replaces(new Fees(100, 10)));
        Assert.Equal(replaces, new Fees(maxFee * Gwei, tip * Gwei).Replaces(new Fees(100 * Gwei, 10 * Gwei)));
        Assert.False(new Fees(maxFee, 0).Replaces(new Fees(100, 0)));
    }

    [Fact]
    public void A_raised_offer_follows_a_base_fee_that_has_risen_more_than_an_eighth() =>
        Assert.Equal(81 * Gwei, new Fees(21 * Gwei, Gwei).Raised(40 * Gwei, Gwei, new TransactionOptions()).MaxFee);
}
