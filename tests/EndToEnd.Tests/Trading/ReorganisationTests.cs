using EndToEnd.Tests.Production;
using Ethereum.Contracts;
using Workers.Standalone.Fleets;

namespace EndToEnd.Tests.Trading;

/// <summary>Requests that vanish in a reorganisation while they are not final.</summary>
[Collection(nameof(Alone))]
public sealed class ReorganisationTests(HarmedMarket harmed, ITestOutputHelper output)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_key_leaves_the_owner_for_a_request_that_vanishes_and_the_request_comes_back_by_itself()
    {
        var market = harmed.Market;
        var application = await Application.PublishAsync(market, "reorganised-mail", new PublicationTerms(OwnerShare: 5_000, AnswerWindow: 3_600));
        var period = (await SharedMarket.SellSampleAsync(application, market["keeper"], ["contacts"]))[0];

        // The first purchase also allows the contract to take prices, so that later ones are one transaction.
        await application.UntilAsync(await application.OrderAsync(period.SealId, period.Tag), "Paid");
        foreach (var depth in new[] { 1, 2, 4, market.FinalityDepth })
        {
            await VanishAsync(market, application, period, depth);
        }

        await Audit.CheckAsync(market);
    }

    private async Task VanishAsync(RealMarket market, Application application, PeriodView period, int depth)
    {
        var quiet = Patience.UntilAsync("all quiet", async token => (await market.Buyer.TransactionsAsync(token)).All(t => t.State is "Final" or "Reverted") ? "quiet" : null);
        await HastenAsync(market, quiet);
        await market.Chain.MineEveryAsync(0);
        var answered = await RespondedAsync(market);
        var purchase = await application.OrderAsync(period.SealId, period.Tag);
        var tradeId = await MineRequestAsync(market);
        if (depth > 1)
        {
            await market.Anvil.MineAsync(depth - 1);
            await Patience.UntilAsync("the owner has heard of the request", async token => (await market["keeper"].Client.TradeAsync(tradeId, token)).Status == "Requested");
        }

        // As long as the listener and the sweep need to see everything there is.
        await Task.Delay(TimeSpan.FromSeconds(4), Token);
        Assert.Equal(answered, await RespondedAsync(market));
        await market.Buyer.Worker.KillAsync();
        await market.Anvil.ReorganiseAsync(depth);
        await market.Anvil.MineAsync(market.FinalityDepth + 3);
        await Patience.UntilAsync("the owner has forgotten the request", async token => depth == 1 || (await market["keeper"].Client.TradeAsync(tradeId, token)).Status == "None");
        await Task.Delay(TimeSpan.FromSeconds(4), Token);
        Assert.Equal(answered, await RespondedAsync(market));
        Assert.DoesNotContain(await market.Chain.EventsAsync<DataTrades.RequestedEvent>(), r => r.Event.TradeId == tradeId);

        await market.Buyer.Worker.RestartAsync(Token);
        await market.Chain.MineEveryAsync(1);
        var trade = await HastenAsync(market, application.UntilAsync(purchase, "Paid"));
        Assert.Equal(answered + 1, await RespondedAsync(market));
        output.WriteLine($"Depth {depth}: the request of trade {tradeId} vanished and came back as trade {trade.TradeId}, answered once.");
    }

    /// <summary>Blocks come faster than one each second while something is waited for.</summary>
    private static async Task<T> HastenAsync<T>(RealMarket market, Task<T> waiting)
    {
        while (!waiting.IsCompleted)
        {
            await market.Anvil.MineAsync();
            await Task.Delay(300, Token);
        }

        return await waiting;
    }

    private static async Task<int> RespondedAsync(RealMarket market) =>
        (await market["keeper"].TransactionsAsync(Token)).Count(t => t.Key.EndsWith("/respond", StringComparison.Ordinal));

    private static async Task<long> MineRequestAsync(RealMarket market)
    {
        var before = (await market.Chain.EventsAsync<DataTrades.RequestedEvent>()).Count;
        await Patience.UntilAsync("the request waits for a block", async _ =>
        {
            var status = await market.Anvil.CallAsync("txpool_status");
            return status.GetProperty("pending").GetString() != "0x0";
        });
        await market.Anvil.MineAsync();
        var requests = await market.Chain.EventsAsync<DataTrades.RequestedEvent>();
        Assert.Equal(before + 1, requests.Count);
        return (long)requests[^1].Event.TradeId;
    }
}
