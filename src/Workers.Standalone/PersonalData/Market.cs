using Spectre.Console;
using Workers.Encryption.Applications;
using Workers.Standalone.Fleets;

namespace Workers.Standalone.PersonalData;

/// <summary>Paper 0 as the three organisations play it through their own APIs.</summary>
internal sealed class Market(Fleets.Fleets fleets, RunSettings settings, IAnsiConsole console)
{
    private const int OwnerShare = 7_000;
    private const decimal Credit = 1_000_000_000_000_000_000m;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<string, decimal> prices = new() { ["mail"] = 60 * Credit, ["attachments"] = 25 * Credit, ["contacts"] = 90 * Credit };
    private readonly HashSet<string> sold = [];
    private string applicationId = "";

    /// <summary>The owner's folders.</summary>
    public IReadOnlyList<string> Folders { get; private set; } = [];

    /// <summary>The provider publishes, the owner installs and its first data arrives.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        var packed = await PackedApplication.LoadAsync(Sample.Application, cancellationToken);
        using var package = new MemoryStream(packed.Bytes.ToArray(), writable: false);
        var application = await fleets.Provider.Client.PublishAsync(package, new PublicationTerms(OwnerShare), cancellationToken);
        applicationId = application.ApplicationId;
        await UntilAsync(async () => (await fleets.Owner.Client.ListedApplicationsAsync(cancellationToken)).Any(a => a.ApplicationId == applicationId), cancellationToken);
        console.MarkupLineInterpolated($"provider  published the application {application.Cid} with α = {OwnerShare / 10_000m:P0}");

        await fleets.Owner.Client.InstallAsync(application.Cid, cancellationToken);
        var spaces = await fleets.Owner.Client.SpacesAsync(applicationId, cancellationToken);
        Folders = [.. spaces.Select(s => s.Folder)];
        foreach (var space in spaces.Where(s => !settings.Spaces.ContainsKey(s.Tag) && settings.Spaces.Count == 0))
        {
            foreach (var file in Directory.EnumerateFiles(Sample.Mailbox(space.Tag)))
            {
                await using var content = File.OpenRead(file);
                await fleets.Owner.Client.StoreAsync(applicationId, space.Tag, Path.GetFileName(file), content, cancellationToken);
            }
        }

        console.MarkupLineInterpolated($"owner     installed it; its data arrives in {string.Join(", ", spaces.Select(s => s.Tag))}");
    }

    /// <summary>Waits until a period is being sealed that was not sold yet.</summary>
    public Task NewDataAsync(CancellationToken cancellationToken) =>
        UntilAsync(async () => (await UnsoldAsync(cancellationToken)).Length > 0, cancellationToken);

    /// <summary>Seals, uploads, records, sells and opens what is new, showing each step; then a table.</summary>
    /// <returns>Whether every trade was paid and every file came out as it went in.</returns>
    public async Task<bool> RoundAsync(CancellationToken cancellationToken)
    {
        var lines = new List<TradeLine>();
        await Steps.ShowAsync(
            console,
            async add =>
            {
                var sealing = add("owner     seals and uploads");
                var recording = add("owner     records on chain");
                var requesting = add("buyer     requests, price in escrow");
                var answering = add("owner     answers once final");
                var delivering = add("buyer     fetches, verifies, opens");
                var paying = add("contract  pays owner and provider");

                await UntilAsync(async () => Share(sealing, await UnsoldAsync(cancellationToken), p => p.State is "Uploaded" or "Recorded"), cancellationToken);
                var periods = await UnsoldAsync(cancellationToken);
                await UntilAsync(
                    async () =>
                    {
                        var listed = await fleets.Buyer.Client.ListedPeriodsAsync(applicationId, cancellationToken);
                        return Share(recording, periods, p => listed.Any(l => l.SealId == p.SealId));
                    },
                    cancellationToken);
                foreach (var period in periods)
                {
                    var id = Guid.NewGuid();
                    await fleets.Buyer.Client.OrderAsync(id, period.SealId, period.Tag, prices[period.Tag], cancellationToken);
                    lines.Add(new TradeLine(period, id));
                    sold.Add(period.SealId);
                }

                await UntilAsync(
                    async () =>
                    {
                        await UpdateAsync(lines, cancellationToken);
                        _ = Share(requesting, lines, l => l.Purchase?.TradeId is not null);
                        _ = Share(answering, lines, l => l.Trade?.Status is "Answered" or "Paid");
                        _ = Share(delivering, lines, l => l.Purchase?.State is "Delivered" or "Closed");
                        return Share(paying, lines, l => l.Trade?.Status is "Paid" or "Refunded" or "Split");
                    },
                    cancellationToken);
                await UntilAsync(async () => await CollectGasAsync(lines, cancellationToken), cancellationToken);
            });
        foreach (var line in lines)
        {
            line.IsIdentical = line.Purchase?.Folder is { } folder && FolderComparison.Holds(FolderOf(line.Period.Tag), folder);
        }

        RoundTable.Write(console, lines, OwnerShare, Credit);
        return lines.All(l => l is { Trade.Status: "Paid", IsIdentical: true });
    }

    private string FolderOf(string tag) => Folders.Single(f => f.EndsWith($"/{tag}", StringComparison.Ordinal) || settings.Spaces.GetValueOrDefault(tag) == f);

    private async Task<PeriodView[]> UnsoldAsync(CancellationToken cancellationToken) =>
        [.. (await fleets.Owner.Client.PeriodsAsync(applicationId, cancellationToken))
            .Where(p => p.State is not ("Open" or "Abandoned") && !sold.Contains(p.SealId))];

    private async Task UpdateAsync(List<TradeLine> lines, CancellationToken cancellationToken)
    {
        var purchases = (await fleets.Buyer.Client.PurchasesAsync(cancellationToken)).ToDictionary(p => p.Id);
        foreach (var line in lines)
        {
            line.Purchase = purchases[line.Id];
            if (line.Purchase.State == "Failed")
            {
                throw new InvalidOperationException($"The purchase of '{line.Period.Tag}' failed: {line.Purchase.Problem}");
            }

            if (line.Purchase.TradeId is { } tradeId)
            {
                line.Trade = await fleets.Buyer.Client.TradeAsync(tradeId, cancellationToken);
            }
        }
    }

    private async Task<bool> CollectGasAsync(List<TradeLine> lines, CancellationToken cancellationToken)
    {
        var owner = await fleets.Owner.Client.TransactionsAsync(cancellationToken);
        var buyer = await fleets.Buyer.Client.TransactionsAsync(cancellationToken);
        foreach (var line in lines)
        {
            line.OwnerGas = owner.Where(t => t.Key.StartsWith($"trade/{line.Purchase!.TradeId}/", StringComparison.Ordinal) || t.Key.StartsWith($"period/{line.Period.Id}/", StringComparison.Ordinal)).Sum(t => t.GasUsed);
            line.BuyerGas = buyer.Where(t => t.Key.StartsWith($"purchase/{line.Id}/", StringComparison.Ordinal)).Sum(t => t.GasUsed);
        }

        return buyer.Concat(owner).Where(t => t.State != "Reverted").All(t => t.GasUsed > 0);
    }

    private static bool Share<T>(Step step, IReadOnlyCollection<T> all, Func<T, bool> done)
    {
        step.Report(all.Count(done), all.Count);
        return all.Count > 0 && all.All(done);
    }

    private static async Task UntilAsync(Func<Task<bool>> condition, CancellationToken cancellationToken)
    {
        while (!await condition())
        {
            await Task.Delay(Pause, cancellationToken);
        }
    }
}
