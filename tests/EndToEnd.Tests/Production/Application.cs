using System.Numerics;
using Ethereum;
using Ethereum.Contracts;
using Testing;
using Workers.Encryption.Applications;
using Workers.Standalone.Fleets;
using Workers.Standalone.PersonalData;

namespace EndToEnd.Tests.Production;

/// <summary>A published application and what people do with it.</summary>
internal sealed class Application(RealMarket market, PackedApplication package, PublicationTerms terms)
{
    /// <summary>In the token's smallest unit; it does not divide by α without a rest.</summary>
    public const decimal Price = 60_000_000_000_000_000_001m;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public string Id => package.ApplicationId.ToString();

    public PublicationTerms Terms => terms;

    public PackedApplication Package => package;

    /// <summary>The owner's part of a price; what remains is the provider's.</summary>
    public static BigInteger ToOwner(decimal price, int ownerShare) => new BigInteger(price) * ownerShare / 10_000;

    /// <summary>The provider publishes a package of its own name; done when everybody has it in the list.</summary>
    public static async Task<Application> PublishAsync(RealMarket market, string name, PublicationTerms terms)
    {
        var folder = Directory.CreateTempSubdirectory("application-");
        foreach (var file in Directory.EnumerateFiles(Sample.Application))
        {
            File.Copy(file, Path.Combine(folder.FullName, Path.GetFileName(file)));
        }

        var config = Path.Combine(folder.FullName, "config.json");
        await File.WriteAllTextAsync(config, (await File.ReadAllTextAsync(config, Token)).Replace("anyvalue-mail", name, StringComparison.Ordinal), Token);
        var packed = await PackedApplication.LoadAsync(folder.FullName, Token);
        folder.Delete(recursive: true);
        var application = new Application(market, packed, terms);
        await Patience.InsistAsync($"{name} published", async token =>
        {
            using var content = new MemoryStream(packed.Bytes.ToArray(), writable: false);
            await market.Provider.Client.PublishAsync(content, terms, token);
        });
        foreach (var organisation in market.Organisations)
        {
            await Patience.UntilAsync($"{name} in the list of {organisation.Name}", async token =>
                (await organisation.Client.ListedApplicationsAsync(token)).Any(a => a.ApplicationId == application.Id));
        }

        return application;
    }

    /// <summary>The owner installs it.</summary>
    public Task InstallAsync(Organisation owner) =>
        Patience.InsistAsync($"installed by {owner.Name}", async token => await owner.Client.InstallAsync(package.Cid.ToString(), token));

    /// <summary>Data arrives in a space.</summary>
    public Task StoreAsync(Organisation owner, string tag, string name, byte[] content) =>
        Patience.InsistAsync($"{name} stored by {owner.Name}", async token =>
        {
            using var stream = new MemoryStream(content, writable: false);
            await owner.Client.StoreAsync(Id, tag, name, stream, token);
        });

    /// <summary>The owner's periods that can be bought now.</summary>
    public async Task<PeriodView[]> ForSaleAsync(Organisation owner, CancellationToken cancellationToken)
    {
        var listed = (await market.Buyer.Client.ListedPeriodsAsync(Id, cancellationToken)).Select(l => l.SealId).ToHashSet(StringComparer.Ordinal);
        return [.. (await owner.Client.PeriodsAsync(Id, cancellationToken)).Where(p => listed.Contains(p.SealId))];
    }

    /// <summary>The buyer's fleet orders a period.</summary>
    public async Task<Guid> OrderAsync(string sealId, string tag, decimal price = Price)
    {
        var id = Guid.NewGuid();
        await Patience.InsistAsync($"'{tag}' ordered", async token => await market.Buyer.Client.OrderAsync(id, sealId, tag, price, token));
        return id;
    }

    public async Task<PurchaseView> PurchaseAsync(Guid id, CancellationToken cancellationToken) =>
        (await market.Buyer.Client.PurchasesAsync(cancellationToken)).Single(p => p.Id == id);

    /// <summary>Waits until a purchase's trade stands so in the eyes of the buyer's fleet.</summary>
    public Task<TradeView> UntilAsync(Guid purchase, string status, TimeSpan? limit = null) =>
        Patience.UntilAsync(
            $"the purchase {purchase} {status}",
            async token =>
            {
                var view = await PurchaseAsync(purchase, token);
                Assert.False(view.State == "Failed", view.Problem);
                return view.TradeId is { } id && await market.Buyer.Client.TradeAsync(id, token) is { } trade && trade.Status == status ? trade : null;
            },
            limit);

    /// <summary>The terms as a request names them.</summary>
    public DataTrades.Terms OnChain() => new(
        checked((ushort)terms.OwnerShare), checked((uint)terms.AnswerWindow), checked((uint)terms.CancelNotice),
        checked((uint)terms.ConfirmWindow), checked((uint)terms.DisputeWindow), market.Provider.Account);
}
