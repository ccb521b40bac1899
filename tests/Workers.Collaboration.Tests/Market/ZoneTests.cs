using Ethereum.Contracts;

namespace Workers.Collaboration.Tests.Market;

/// <summary>Five members, each a fleet of its own, form zones.</summary>
public sealed class ZoneTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Members_form_zones_and_who_must_not_is_refused()
    {
        await using var bench = await MemberBench.StartAsync(5);

        // Four places of five members, the requester's own among them, whoever the others are.
        var first = await bench.ZoneAsync(0, 4);
        Assert.True(first.Zone.State == "Formed", first.Zone.Report);
        Assert.Equal(4, first.Places.Length);
        Assert.Equal(4, first.Places.Distinct().Count());
        Assert.Contains(first.Places, p => p is { Latitude: 39.9042, Longitude: 116.4074 });

        // Everybody who helped has its bill.
        var bills = await Task.WhenAll(Enumerable.Range(1, 4).Select(async i =>
            (await MemberBench.UntilAsync(() => bench.Members[i].Client.GetAsync<ToldView[]>("api/told", Cancellation), t => t.All(x => x.Billed), "the bill")).Length));
        Assert.Equal(3, bills.Sum());

        // The same id is the same zone; another one from the same place asks nobody, and shows the very places of the first: the one that moved would be this member's.
        await bench.PlaceAsync(0, 39.9043, 116.4074);
        Assert.Equal(first.Zone, (await bench.ZoneAsync(0, 4, first.Zone.ZoneId)).Zone);
        var again = await bench.ZoneAsync(0, 3);
        Assert.Equal(first.Zone.ZoneId, again.Zone.Reused!.Value);
        Assert.Equal(first.Places.ToHashSet(), [.. again.Places]);

        // Too large a zone fails, and says who answered what.
        var large = await bench.ZoneAsync(1, 9);
        Assert.Equal("Failed", large.Zone.State);
        Assert.StartsWith("4 of 8 told their places", large.Zone.Report, StringComparison.Ordinal);

        // A mean of ½, a sensitivity of ½, K = 3: λ is just below ½, and 0.3 is not enough for anybody.
        await bench.AttestAsync([.. bench.Accounts.Select((a, i) => new Conduct.Standing(a, i == 2 ? 300_000u : 550_000, 1))]);
        var poor = await bench.ZoneAsync(2, 3);
        Assert.Equal("Failed", poor.Zone.State);
        Assert.Contains("does not take part", poor.Zone.Report, StringComparison.Ordinal);
        Assert.Equal("Formed", (await bench.ZoneAsync(3, 3)).Zone.State);
    }

    internal sealed record ToldView(string Requester, bool Billed);
}
