using EndToEnd.Tests.Production;
using Ethereum.Contracts;
using Workers.Hosting.Cryptography;

namespace EndToEnd.Tests.Trading;

/// <summary>A buyer that no longer wants to wait.</summary>
public sealed class CancellationTests(SharedMarket shared)
{
    [Fact]
    public async Task A_buyers_notice_brings_the_price_back_long_before_the_answer_window_ends()
    {
        await shared.OpenAsync();
        using var key = Secret.Random(TradeAnswer.KeyLength);
        var sealId = await new Party(shared.Market, 5).RecordAsync(shared.Patient, "mail", period: 0, key);
        var purchase = await shared.Patient.OrderAsync(sealId.ToString(), "mail");
        await shared.Patient.UntilAsync(purchase, "Requested");
        await shared.Market.Buyer.Client.PostAsync($"api/purchases/{purchase}/cancel", TestContext.Current.CancellationToken);
        var trade = await shared.Patient.UntilAsync(purchase, "Refunded");
        Assert.Equal(Application.Price, trade.ToBuyer);
        Assert.Single(await shared.Market.Chain.EventsAsync<DataTrades.CancelNoticedEvent>(), n => n.Event.TradeId == trade.TradeId);
    }
}
