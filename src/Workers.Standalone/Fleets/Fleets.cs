using Workers.Encryption;
using Workers.Standalone.Chain;

namespace Workers.Standalone.Fleets;

/// <summary>The three organisations of paper 0.</summary>
internal sealed record Fleets(Fleet Provider, Fleet Owner, Fleet Buyer) : IAsyncDisposable
{
    public IEnumerable<Fleet> All => [Provider, Owner, Buyer];

    /// <summary>Starts each with keys, bus and databases of its own; they share the chain and IPFS.</summary>
    public static async Task<Fleets> StartAsync(RunSettings settings, Uri chain, MarketContracts contracts, CancellationToken cancellationToken)
    {
        var owner = new Dictionary<string, string>
        {
            ["Sealing:Schedule"] = "00:00:01",
            ["Sealing:MaxAge"] = "00:00:00",
            ["Selling:AnswerMargin"] = "00:00:10",
            ["Selling:MinimumPrice:mail"] = "50000000000000000000",
        };
        foreach (var (tag, folder) in settings.Spaces)
        {
            owner[$"Encryption:Spaces:{tag}"] = folder;
        }

        return new Fleets(
            await StartAsync("provider", []),
            await StartAsync("owner", owner),
            await StartAsync("buyer", []));

        Task<Fleet> StartAsync(string name, Dictionary<string, string> particular) =>
            Fleet.StartAsync(name, new FleetSettings(settings.Directory, chain, contracts, particular), builder => builder.AddEncryption(), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var fleet in All)
        {
            await fleet.DisposeAsync();
        }
    }
}
