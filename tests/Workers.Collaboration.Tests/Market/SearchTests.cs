using Ethereum;
using Ethereum.Contracts;
using Ethereum.Transactions;
using LocationService;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Workers.Hosting.Envelopes;
using Workers.Standalone.Chain;
using Workers.Standalone.Fleets;

namespace Workers.Collaboration.Tests.Market;

public sealed class SearchTests
{
    private const string Csv = "name,latitude,longitude,category\nmill,39.9044,116.4074,food\nwell,39.9060,116.4074,\noven,39.9099,116.4074,food\ninn,39.9500,116.4074,food\n";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_member_asks_a_location_service_from_behind_its_zone_and_keeps_what_is_near_to_itself()
    {
        await using var bench = await MemberBench.StartAsync(4, new Dictionary<string, string> { ["Search:Patience"] = "00:00:30", ["Search:Interval"] = "00:00:00.5" });
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => OrderAsync(bench, Guid.NewGuid(), new Address(new byte[20])));
        Assert.Contains("offers no location service on chain", refused.Message, StringComparison.Ordinal);

        var (fleet, service) = await ServiceAsync(bench);
        await using (fleet)
        {
            var search = Guid.NewGuid();
            await OrderAsync(bench, search, service);
            var found = await EndAsync(bench, search);
            Assert.True(found.State == "Found", found.Problem);
            Assert.Equal(["mill", "oven"], found.Found.Select(f => f.Name));
            Assert.Equal(22, found.Found[0].Metres, 1.0);

            // Two for each of four places: the service knows no better.
            Assert.Equal(8, found.Answered);

            // The same id is one search; a zone of which there was one before is used.
            await OrderAsync(bench, search, service);
            var zone = await bench.ZoneAsync(0, 3);
            await OrderAsync(bench, zone.Zone.ZoneId, service);
            Assert.Equal("Found", (await EndAsync(bench, zone.Zone.ZoneId)).State);

            // No zone, no question.
            await bench.PlaceAsync(1, 39.9042, 116.4074, 0);
            var lonely = Guid.NewGuid();
            await OrderAsync(bench, lonely, service, member: 1);
            var failed = await EndAsync(bench, lonely, member: 1);
            Assert.Contains("no zone to ask from: 1 of 2", failed.Problem, StringComparison.Ordinal);
        }

        // The service is gone: it is asked until there is no patience left.
        var late = Guid.NewGuid();
        await OrderAsync(bench, late, service);
        var gone = await EndAsync(bench, late);
        Assert.Equal("Failed", gone.State);
        Assert.StartsWith(service.ToString(), gone.Problem, StringComparison.Ordinal);
    }

    private static Task OrderAsync(MemberBench bench, Guid search, Address service, int member = 0) => bench.Members[member].Client.TellAsync(
        HttpMethod.Put, $"api/searches/{search}", new { Size = member == 0 ? 4 : 3, Service = service.ToString(), Category = "food", Nearest = 2 }, Cancellation);

    private static Task<SearchView> EndAsync(MemberBench bench, Guid search, int member = 0) =>
        MemberBench.UntilAsync(() => bench.Members[member].Client.GetAsync<SearchView>($"api/searches/{search}", Cancellation), s => s.State != "Searching", "the end of the search");

    /// <summary>A location service that has offered itself, with the members as its customers.</summary>
    private static async Task<(Fleet Fleet, Address Account)> ServiceAsync(MemberBench bench)
    {
        var places = Path.Combine(bench.Root, "places.csv");
        await File.WriteAllTextAsync(places, Csv, Cancellation);
        var particular = bench.Members.Zip(bench.Accounts).ToDictionary(
            m => $"LocationService:Customers:{m.Second}", m => Hex.ToString(m.First.Services.GetRequiredService<EnvelopeIdentity>().KeyPair.PublicKey));
        particular["LocationService:Places"] = places;
        particular["LocationService:OfferSchedule"] = "00:00:01";
        var fleet = await Fleet.StartAsync("location", new FleetSettings(bench.Root, bench.Node.Address, bench.Contracts, particular), b => b.AddLocationService(), Cancellation);
        var account = fleet.Services.GetRequiredService<EnvelopeIdentity>().Account;
        await bench.Deployment.FundAsync(account, System.Numerics.BigInteger.Pow(10, 18), Cancellation);
        await MemberBench.UntilAsync(() => bench.Members[0].Client.GetAsync<ServiceView[]>("api/services", Cancellation), s => s.Length == 1, "the offer");
        return (fleet, account);
    }

    internal sealed record ServiceView(string Account);

    internal sealed record FoundView(string Name, double Metres);

    internal sealed record SearchView(string State, string? Problem, int Answered, FoundView[] Found);
}
