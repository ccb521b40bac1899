using EndToEnd.Tests.Production;
using Workers.Hosting.Cryptography;

namespace EndToEnd.Tests.Trading;

/// <summary>Trades that end otherwise than by delivery and confirmation, each by itself.</summary>
public sealed class TimeOutTests(SharedMarket shared, ITestOutputHelper output)
{
    [Fact]
    public async Task A_request_that_nobody_answers_is_refunded_when_its_window_ends()
    {
        await shared.OpenAsync();
        using var key = Secret.Random(TradeAnswer.KeyLength);
        var sealId = await new Party(shared.Market, 1).RecordAsync(shared.Hasty, "mail", period: 0, key);
        var trade = await shared.Hasty.UntilAsync(await shared.Hasty.OrderAsync(sealId.ToString(), "mail"), "Refunded");
        output.WriteLine($"Trade {trade.TradeId} gave {trade.ToBuyer} back.");
        Assert.Equal((Application.Price, 0, 0), (trade.ToBuyer, trade.ToOwner, trade.ToProvider));
    }
}
