using EndToEnd.Tests.Production;

namespace EndToEnd.Tests.Trading;

/// <summary>
/// A market whose servers stop, whose chain is reorganised and whose workers are killed, by one test after another: each leaves it
/// to the next as it has to be after any fault. Two owners, of whom the mover wants its files removed after the upload.
/// </summary>
/// <param name="shared">Closed first: its workers would take a good part of the processor's time, however idle.</param>
public sealed class HarmedMarket(SharedMarket shared) : IAsyncLifetime
{
    private RealMarket? market;

    internal RealMarket Market => market!;

    public async ValueTask InitializeAsync()
    {
        await shared.DisposeAsync();
        market = await RealMarket.StartAsync(new MarketShape(FinalityDepth: 6, new Dictionary<string, Dictionary<string, string>>(StringComparer.Ordinal)
        {
            ["keeper"] = [],
            ["mover"] = new(StringComparer.Ordinal) { ["Sealing:RemoveAfterUpload"] = "true" },
        }));
    }

    public ValueTask DisposeAsync() => market?.DisposeAsync() ?? ValueTask.CompletedTask;
}
