using EndToEnd.Tests.Production;
using Ethereum.Contracts;
using Workers.Hosting.Cryptography;

namespace EndToEnd.Tests.Trading;

/// <summary>Disputes that the provider's fleet judges as the arbiter.</summary>
public sealed class DisputeTests(SharedMarket shared, ITestOutputHelper output)
{
    [Fact]
    public async Task An_owner_that_answers_with_another_key_than_it_committed_to_loses_the_price_to_the_buyer()
    {
        await shared.OpenAsync();
        var (market, application, liar) = (shared.Market, shared.Patient, new Party(shared.Market, 3));
        using var committed = Secret.Random(TradeAnswer.KeyLength);
        using var other = Secret.Random(TradeAnswer.KeyLength);
        var sealId = await liar.RecordAsync(application, "mail", period: 0, committed);
        var purchase = await application.OrderAsync(sealId.ToString(), "mail");
        var requested = await application.UntilAsync(purchase, "Requested");
        var request = (await market.Chain.EventsAsync<DataTrades.RequestedEvent>()).Single(r => r.Event.TradeId == requested.TradeId).Event;
        var answer = TradeAnswer.Seal(request.PublicKey, other, new TradeReference(31337, market.Chain.Contracts.DataTrades, requested.TradeId));
        await liar.SendAsync(new DataTrades.RespondCall(requested.TradeId, answer, application.Package.Cid.ToArray()));

        var trade = await application.UntilAsync(purchase, "Refunded");
        var dispute = (await market.Chain.EventsAsync<DataTrades.DisputedEvent>()).Single(d => d.Event.TradeId == trade.TradeId).Event;
        output.WriteLine($"Trade {trade.TradeId}: {(await application.PurchaseAsync(purchase, TestContext.Current.CancellationToken)).Problem}");
        Assert.Equal(TradeAnswer.KeyLength, dispute.Evidence.Length);
        Assert.Single(await market.Chain.EventsAsync<DataTrades.RuledEvent>(), r => r.Event.TradeId == trade.TradeId && r.Event.Arbiter == market.Provider.Account);
        Assert.Equal((Application.Price, 0, 0), (trade.ToBuyer, trade.ToOwner, trade.ToProvider));
        Assert.Equal(0, await market.Chain.BalanceAsync(liar.Address));
    }

    [Fact]
    public async Task A_buyer_that_disputes_a_good_answer_pays_all_the_same()
    {
        await shared.OpenAsync();
        var (market, application, liar) = (shared.Market, shared.Patient, new Party(shared.Market, 4));
        using var pair = P256KeyPair.Generate();
        var tradeId = await liar.RequestAsync(application, shared.PatientPeriods[0], pair);
        await Patience.UntilAsync("answered", async _ => (await market.Chain.EventsAsync<DataTrades.AnsweredEvent>()).Any(a => a.Event.TradeId == tradeId));
        using var evidence = pair.ExportPrivateKey();
        await liar.SendAsync(new DataTrades.DisputeCall(tradeId, evidence.Reveal().ToArray()));
        var paid = await Patience.UntilAsync("ruled", async _ =>
            (await market.Chain.EventsAsync<DataTrades.PaidEvent>()).SingleOrDefault(p => p.Event.TradeId == tradeId).Event);
        Assert.Equal(Application.ToOwner(Application.Price, application.Terms.OwnerShare), paid.ToOwner);
        Assert.Equal(0, (await market.Chain.EventsAsync<DataTrades.RuledEvent>()).Single(r => r.Event.TradeId == tradeId).Event.ToBuyer);
    }
}
