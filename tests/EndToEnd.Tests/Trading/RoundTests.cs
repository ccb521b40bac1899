using System.Numerics;
using EndToEnd.Tests.Production;
using Ethereum;
using Ethereum.Contracts;
using Workers.Standalone.PersonalData;

namespace EndToEnd.Tests.Trading;

/// <summary>Paper 0 from publication to payment on the real servers, every worker a process of its own.</summary>
public sealed class RoundTests(SharedMarket shared, ITestOutputHelper output)
{
    [Fact]
    public async Task A_whole_round_delivers_every_file_as_it_was_and_pays_exactly_alpha_and_the_rest()
    {
        await shared.OpenAsync();
        var (market, application, owner) = (shared.Market, shared.Patient, shared.Market["owner"]);
        var spaces = await owner.Client.SpacesAsync(application.Id, TestContext.Current.CancellationToken);
        var delivered = new List<string>();
        foreach (var period in shared.PatientPeriods)
        {
            var id = await application.OrderAsync(period.SealId, period.Tag);
            var trade = await application.UntilAsync(id, "Paid");
            var purchase = await application.PurchaseAsync(id, TestContext.Current.CancellationToken);
            Assert.Equal(period.Files, purchase.Files);
            Assert.True(FolderComparison.Holds(spaces.Single(s => s.Tag == period.Tag).Folder, purchase.Folder!), $"'{period.Tag}' came out otherwise than it went in.");
            delivered.AddRange(Directory.GetFiles(purchase.Folder!).Select(f => $"{period.Tag}/{Path.GetFileName(f)}"));
            output.WriteLine($"{period.Tag} {period.Number}: {period.Files} files, {period.SealedBytes} bytes as {period.Cid}; trade {trade.TradeId} paid {trade.ToOwner} + {trade.ToProvider}");

            var onChain = (await market.Chain.EventsAsync<DataTrades.PaidEvent>()).Single(p => p.Event.TradeId == trade.TradeId).Event;
            var toOwner = Application.ToOwner(Application.Price, application.Terms.OwnerShare);
            Assert.Equal((toOwner, new BigInteger(Application.Price) - toOwner), (onChain.ToOwner, onChain.ToProvider));
            Assert.Equal(market.Provider.Account, onChain.Provider);
        }

        Assert.Equal(SharedMarket.Files.Order(StringComparer.Ordinal), delivered.Order(StringComparer.Ordinal));
        await Audit.CheckAnswersAsync(market);
    }
}
