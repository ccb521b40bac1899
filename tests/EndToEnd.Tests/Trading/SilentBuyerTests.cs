using System.Numerics;
using EndToEnd.Tests.Production;
using Ethereum.Contracts;
using Workers.Hosting.Cryptography;

namespace EndToEnd.Tests.Trading;

/// <summary>A buyer that has the key and says nothing.</summary>
public sealed class SilentBuyerTests(SharedMarket shared)
{
    [Fact]
    public async Task The_owner_settles_when_the_buyer_stays_silent_after_the_answer()
    {
        await shared.OpenAsync();
        var (market, application) = (shared.Market, shared.Hasty);
        using var pair = P256KeyPair.Generate();
        var silent = new Party(market, 2);
        var tradeId = await silent.RequestAsync(application, shared.HastyPeriods[0], pair);
        var paid = await Patience.UntilAsync("settled", async _ =>
            (await market.Chain.EventsAsync<DataTrades.PaidEvent>()).SingleOrDefault(p => p.Event.TradeId == tradeId).Event);
        var toOwner = Application.ToOwner(Application.Price, application.Terms.OwnerShare);
        Assert.Equal((toOwner, new BigInteger(Application.Price) - toOwner), (paid.ToOwner, paid.ToProvider));
        Assert.Equal(RealMarket.Issued - new BigInteger(Application.Price), await market.Chain.BalanceAsync(silent.Address));
    }
}
