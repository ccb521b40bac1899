using System.Formats.Tar;
using System.Globalization;
using System.Security.Cryptography;
using Spectre.Console;
using Workers.Encryption.Datasets.Publishing;
using Workers.Standalone.Fleets;
using Workers.Standalone.PersonalData;

namespace Workers.Standalone.IndustrialData;

/// <summary>
/// Paper 1 played through: a company turns a folder and a log into tokens; one is sold and sold on, the other goes to the highest bidder; whoever owns a token gets
/// its data, and who owned it before does not.
/// </summary>
internal sealed class DatasetStory(DatasetHouses market, IAnsiConsole console)
{
    private const decimal Credit = DatasetSteps.Credit;
    private const int AuctionSeconds = 120;
    private readonly Lock _telling = new();
    private readonly List<string> _wrong = [];
    private readonly Table _table = new Table().Border(TableBorder.Rounded).Title("Datasets, their owners and their data").AddColumns("dataset", "what", "who", "credits", "result");

    private FleetClient Maker => market[DatasetHouses.Company].Client;

    private FleetClient Works => market[DatasetHouses.FirstBuyer].Client;

    private FleetClient Lab => market[DatasetHouses.SecondBuyer].Client;

    /// <returns>Whether everybody got what is theirs, and nobody else anything.</returns>
    public async Task<bool> PlayAsync(CancellationToken cancellationToken)
    {
        var folder = Path.Combine(market.Sources, "turbines");
        await SampleDatasets.WriteFolderAsync(folder, cancellationToken);
        var log = SampleDatasets.MaintenanceLog();
        await Steps.ShowAsync(console, async add =>
        {
            var publishing = add("maker publishes two datasets");
            var selling = add("works buys, asks, gets the data");
            var reselling = add("works sells on, asks in vain");
            var receiving = add("lab buys, asks, gets the data");
            var bidding = add("the auction ends");

            var auction = new DatasetOffer(50 * Credit, Step: 5 * Credit, Duration: AuctionSeconds, Extension: 10);
            var logDraft = new DatasetDraft("Maintenance log, hall 3", "csv", File: "maintenance.csv", Description: "Visits to six turbines, 2026.", Tags: ["energy", "maintenance"], Offer: auction);
            var logToken = await PublishedAsync(await Maker.UploadAndPublishAsync(logDraft, log, cancellationToken), cancellationToken);
            publishing.Report(1, 2);
            var bids = BidAsync(logToken, cancellationToken);
            var turbines = new DatasetDraft("Turbine measurements, hall 3", "blocks", Source: "turbines", Description: "Speed, vibration and power of six turbines by the minute.", Tags: ["energy", "vibration"], Offer: new DatasetOffer(100 * Credit));
            var token = await PublishedAsync(await Maker.PublishSourceAsync(turbines, cancellationToken), cancellationToken);
            publishing.Report(2, 2);

            await BuyAsync(Works, "works", token, 100, cancellationToken);
            selling.Report(1, 2);
            await ReceiveFolderAsync(Works, "works", token, folder, cancellationToken);
            selling.Report(2, 2);
            await SellOnAsync(token, cancellationToken);
            reselling.Report(1, 2);
            await BuyAsync(Lab, "lab", token, 150, cancellationToken);
            await RefusedAsync(token, cancellationToken);
            reselling.Report(2, 2);
            await ReceiveFolderAsync(Lab, "lab", token, folder, cancellationToken);
            receiving.Report(1, 2);
            await PublishAgainAsync(turbines, cancellationToken);
            receiving.Report(2, 2);
            await bids;
            bidding.Report(1, 2);
            await EndAuctionAsync(logToken, log, cancellationToken);
            bidding.Report(2, 2);
        });
        console.Write(_table);
        foreach (var problem in _wrong)
        {
            console.MarkupLineInterpolated($"[red]{problem}[/]");
        }

        return _wrong.Count == 0;
    }

    /// <summary>Leaves two datasets of a turbine each for whoever opens the pages: one at a price, one in an auction of an hour.</summary>
    public async Task OfferToVisitorsAsync(CancellationToken cancellationToken)
    {
        DatasetOffer[] offers = [new(20 * Credit), new(10 * Credit, Step: Credit, Duration: 3_600, Extension: 60)];
        for (var turbine = 1; turbine <= offers.Length; turbine++)
        {
            var draft = new DatasetDraft(
                $"Turbine {turbine}, hall 3", "csv", File: $"turbine-{turbine}.csv", Description: "Speed, vibration and power by the minute.", Tags: ["energy", "turbine"], Offer: offers[turbine - 1]);
            var data = await File.ReadAllBytesAsync(Path.Combine(market.Sources, "turbines", draft.File!), cancellationToken);
            var dataset = await Maker.PublishedAsync((await Maker.UploadAndPublishAsync(draft, data, cancellationToken)).Id, cancellationToken);
            _ = dataset.TokenId ?? throw new InvalidOperationException($"{draft.Name} was not published: {dataset.Problem}");
        }
    }

    private async Task<DatasetView> PublishedAsync(DatasetView started, CancellationToken cancellationToken)
    {
        var dataset = await Maker.PublishedAsync(started.Id, cancellationToken);
        Tell(dataset.Name, "published", "maker", null, dataset.State == "Published", dataset.Problem ?? $"token {dataset.TokenId?[..10]}…, {dataset.Cid?[..12]}…");
        return dataset.TokenId is null ? throw new InvalidOperationException($"{dataset.Name} was not published: {dataset.Problem}") : dataset;
    }

    private async Task BuyAsync(FleetClient buyer, string name, DatasetView dataset, decimal credits, CancellationToken cancellationToken)
    {
        var token = await buyer.TokenAsync(dataset.TokenId!, t => t.Listing is { Status: "Sale" } listing && listing.Credits == Amount(credits), cancellationToken);
        var order = await buyer.DoAsync("purchases", new { token.Listing!.ListingId, dataset.TokenId, Amount = credits * Credit }, cancellationToken);
        var account = await buyer.AccountAsync(cancellationToken);
        if (order.Error is null)
        {
            await buyer.TokenAsync(dataset.TokenId!, t => t.Owner == account, cancellationToken);
        }

        Tell(dataset.Name, "bought", name, credits, order.Error is null, order.Error ?? $"block {order.BlockNumber}");
    }

    private async Task ReceiveFolderAsync(FleetClient buyer, string name, DatasetView dataset, string folder, CancellationToken cancellationToken)
    {
        var asked = await buyer.ReceiveAsync(dataset.TokenId!, cancellationToken);
        var same = false;
        if (asked.File is { } file)
        {
            var opened = Path.Combine(Path.GetDirectoryName(file)!, "turbines");
            Directory.CreateDirectory(opened);
            await TarFile.ExtractToDirectoryAsync(file, opened, overwriteFiles: true, cancellationToken);
            same = FolderComparison.Holds(folder, opened) && FolderComparison.Holds(opened, folder);
        }

        Tell(dataset.Name, "delivered", name, null, same, asked.Problem ?? $"{Number(asked.Bytes)} bytes, {(same ? "identical" : "DIFFERENT")}");
    }

    private async Task SellOnAsync(DatasetView dataset, CancellationToken cancellationToken)
    {
        var order = await Works.DoAsync("offers", new { dataset.TokenId, Offer = new DatasetOffer(150 * Credit) }, cancellationToken);
        Tell(dataset.Name, "offered", "works", 150, order.Error is null, order.Error ?? $"block {order.BlockNumber}");
    }

    private async Task RefusedAsync(DatasetView dataset, CancellationToken cancellationToken)
    {
        var asked = await Works.ReceiveAsync(dataset.TokenId!, cancellationToken);
        Tell(dataset.Name, "refused", "works", null, asked.State == "Failed" && asked.Problem!.Contains("NotAllowed", StringComparison.Ordinal), asked.Problem ?? "GOT THE DATA");
    }

    private async Task PublishAgainAsync(DatasetDraft draft, CancellationToken cancellationToken)
    {
        var again = await Maker.PublishSourceAsync(draft with { Name = "Something new" }, cancellationToken);
        var dataset = await Maker.PublishedAsync(again.Id, cancellationToken);
        Tell(dataset.Name, "recognised", "maker", null, dataset.State == "Failed" && dataset.Problem!.Contains("These are the bytes", StringComparison.Ordinal), "the same folder under another name");
    }

    private async Task BidAsync(DatasetView dataset, CancellationToken cancellationToken)
    {
        foreach (var (buyer, name, credits) in new[] { (Works, "works", 50m), (Lab, "lab", 60m) })
        {
            var token = await buyer.TokenAsync(dataset.TokenId!, t => t.Listing is { Status: "Auction" }, cancellationToken);
            var order = await buyer.DoAsync("bids", new { token.Listing!.ListingId, dataset.TokenId, Amount = credits * Credit }, cancellationToken);
            Tell(dataset.Name, "bid", name, credits, order.Error is null, order.Error ?? $"block {order.BlockNumber}");
        }
    }

    private async Task EndAuctionAsync(DatasetView dataset, byte[] log, CancellationToken cancellationToken)
    {
        var listing = (await Lab.TokenAsync(dataset.TokenId!, t => t.Listing?.Bidder is not null, cancellationToken)).Listing!;
        OrderView order;
        do
        {
            // Refused as too early while it runs.
            order = await Lab.DoAsync("settlements", new { listing.ListingId }, cancellationToken);
        }
        while (order.Error?.Contains("TooEarly", StringComparison.Ordinal) == true);
        var asked = await Lab.ReceiveAsync(dataset.TokenId!, cancellationToken);
        var same = asked.File is { } file && SHA256.HashData(await File.ReadAllBytesAsync(file, cancellationToken)).SequenceEqual(SHA256.HashData(log));
        Tell(dataset.Name, "won and delivered", "lab", 60, same, asked.Problem ?? $"{Number(asked.Bytes)} bytes, {(same ? "identical" : "DIFFERENT")}");
        var back = await Works.DoAsync("withdrawals", new { }, cancellationToken);
        Tell(dataset.Name, "bid taken back", "works", 50, back.Error is null, back.Error ?? $"block {back.BlockNumber}");
    }

    private void Tell(string dataset, string what, string who, decimal? credits, bool good, string result)
    {
        // The bids are told beside all else.
        lock (_telling)
        {
            _table.AddRow(dataset.EscapeMarkup(), what, who, credits?.ToString("0", CultureInfo.InvariantCulture) ?? "", good ? result.EscapeMarkup() : $"[red]{result.EscapeMarkup()}[/]");
            if (!good)
            {
                _wrong.Add($"{dataset}, {what} by {who}: {result}");
            }
        }
    }

    private static string Amount(decimal credits) => (credits * Credit).ToString("0", CultureInfo.InvariantCulture);

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
