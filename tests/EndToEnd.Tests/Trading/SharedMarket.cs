using EndToEnd.Tests.Production;
using Testing;
using Workers.Standalone.Fleets;
using Workers.Standalone.PersonalData;

namespace EndToEnd.Tests.Trading;

/// <summary>A market that the tests which kill nothing share, with the sample mailbox on sale in two applications.</summary>
public sealed class SharedMarket : IAsyncDisposable
{
    private readonly Lock starting = new();
    private Task? opening;
    private RealMarket? market;

    /// <summary>Tag and name of every file of the sample.</summary>
    internal static IEnumerable<string> Files =>
        Sample.Tags.SelectMany(tag => Directory.GetFiles(Sample.Mailbox(tag)).Select(f => $"{tag}/{Path.GetFileName(f)}"));

    internal RealMarket Market => market!;

    /// <summary>An application whose windows leave time for everything.</summary>
    internal Application Patient { get; private set; } = null!;

    /// <summary>An application whose windows end within half a minute.</summary>
    internal Application Hasty { get; private set; } = null!;

    internal IReadOnlyList<PeriodView> PatientPeriods { get; private set; } = [];

    internal IReadOnlyList<PeriodView> HastyPeriods { get; private set; } = [];

    /// <summary>Starts it at its first use; what fails then fails every test at once.</summary>
    internal Task OpenAsync()
    {
        lock (starting)
        {
            return opening ??= StartAsync();
        }
    }

    private async Task StartAsync()
    {
        market = await RealMarket.StartAsync(new MarketShape(FinalityDepth: 3, new Dictionary<string, Dictionary<string, string>>(StringComparer.Ordinal)
        {
            ["owner"] = new(StringComparer.Ordinal) { ["Selling:MinimumPrice:mail"] = "50000000000000000000" },
            ["careful"] = new(StringComparer.Ordinal) { ["Selling:AskPerson"] = "true" },
        }));
        Patient = await Application.PublishAsync(market, "patient-mail", new PublicationTerms(OwnerShare: 7_000, AnswerWindow: 600, CancelNotice: 3));
        Hasty = await Application.PublishAsync(market, "hasty-mail", new PublicationTerms(OwnerShare: 2_500, AnswerWindow: 30, CancelNotice: 3, ConfirmWindow: 8));
        PatientPeriods = await SellSampleAsync(Patient, market["owner"], Sample.Tags);
        HastyPeriods = await SellSampleAsync(Hasty, market["owner"], ["contacts"]);
    }

    /// <summary>Stores the sample's files and waits until all of them are on sale.</summary>
    internal static async Task<IReadOnlyList<PeriodView>> SellSampleAsync(Application application, Organisation owner, IReadOnlyList<string> tags)
    {
        await application.InstallAsync(owner);
        var files = 0;
        foreach (var tag in tags)
        {
            foreach (var file in Directory.GetFiles(Sample.Mailbox(tag)))
            {
                await application.StoreAsync(owner, tag, Path.GetFileName(file), await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
                files++;
            }
        }

        return await Patience.UntilAsync("the sample on sale", async token =>
            await application.ForSaleAsync(owner, token) is { } periods && periods.Sum(p => p.Files) == files ? periods : null);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref market, null) is { } open)
        {
            await open.DisposeAsync();
        }
    }
}
