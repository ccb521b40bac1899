using EndToEnd.Tests.Production;
using Ethereum.Contracts;
using Testing;

namespace EndToEnd.Tests.Trading;

/// <summary>The owner's policy.</summary>
public sealed class PolicyTests(SharedMarket shared)
{
    [Fact]
    public async Task A_price_below_the_minimum_comes_back_at_once_and_no_key_leaves_the_house()
    {
        await shared.OpenAsync();
        var mail = shared.PatientPeriods.First(p => p.Tag == "mail");
        var trade = await shared.Patient.UntilAsync(await shared.Patient.OrderAsync(mail.SealId, "mail", price: 49_000_000_000_000_000_000m), "Refunded");
        Assert.Equal(49_000_000_000_000_000_000m, trade.ToBuyer);
        Assert.DoesNotContain(await shared.Market.Chain.EventsAsync<DataTrades.AnsweredEvent>(), a => a.Event.TradeId == trade.TradeId);
        Assert.Contains("below the minimum", (await SaleAsync(shared.Market["owner"], trade.TradeId)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_waits_for_a_person_and_is_answered_once_approved()
    {
        await shared.OpenAsync();
        var (application, careful) = (shared.Patient, shared.Market["careful"]);
        var period = (await SharedMarket.SellSampleAsync(application, careful, ["contacts"]))[0];
        var purchase = await application.OrderAsync(period.SealId, "contacts");
        var requested = await application.UntilAsync(purchase, "Requested");
        await Patience.UntilAsync("waits for a person", async _ => (await SaleAsync(careful, requested.TradeId)).Decision == "AwaitingPerson");
        var before = await shared.Market.Chain.HeadAsync();
        await Patience.UntilAsync("the request final", async _ => await shared.Market.Chain.HeadAsync() > before + 6);
        Assert.DoesNotContain(await careful.TransactionsAsync(TestContext.Current.CancellationToken), t => t.Key.EndsWith("/respond", StringComparison.Ordinal));
        await careful.Client.PostAsync($"api/sales/{requested.TradeId}/approve", TestContext.Current.CancellationToken);
        await application.UntilAsync(purchase, "Paid");
    }

    private static async Task<SaleView> SaleAsync(Organisation owner, long tradeId) =>
        (await owner.Client.GetAsync<SaleView[]>("api/sales", TestContext.Current.CancellationToken)).Single(s => s.TradeId == tradeId);

    private sealed record SaleView(long TradeId, string Decision, string? Reason);
}
