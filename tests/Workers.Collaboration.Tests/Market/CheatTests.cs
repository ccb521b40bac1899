using Ethereum.Contracts;
using Workers.Collaboration.Zones;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Members;

namespace Workers.Collaboration.Tests.Market;

/// <summary>Members that lie, and what the others make of it.</summary>
public sealed class CheatTests
{
    private const double Latitude = Hand.Latitude / 1e6, Longitude = Hand.Longitude / 1e6;

    private static readonly Dictionary<string, string> Settings = new() { ["Zone:Reuse"] = "00:00:00", ["Place:MaxAge"] = "01:00:00" };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_collaborator_that_lies_about_its_place_is_not_believed_and_is_convicted()
    {
        await using var bench = await MemberBench.StartAsync(3, Settings);
        var (requester, other, cheat) = (new Hand(bench, 0), new Hand(bench, 1), new Hand(bench, 2));

        // It helped once, so it is asked first; then it is a kilometre away at the very same time.
        var time = Hand.Now;
        cheat.Answers(async r => Answer(await cheat.AnswerAsync(r, north: -5_000, a => a with { Time = time })));
        await bench.PlaceAsync(0, Latitude, Longitude, 2);
        var before = await bench.ZoneAsync(0, 2);
        Assert.True(before.Zone.State == "Formed", before.Zone.Report);
        await bench.PlaceAsync(0, Latitude, Longitude);
        cheat.Answers(async r => Answer(await cheat.AnswerAsync(r, north: 5_000, a => a with { Time = time })));
        var zone = await bench.ZoneAsync(0, 2);
        Assert.True(zone.Zone.State == "Formed", zone.Zone.Report);
        Assert.Contains($"{cheat.Account}: its place is too far from where the member was before", zone.Zone.Report, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(zone.Places, p => p.Latitude > Latitude + 0.004);
        await requester.ConvictsByAsync<ImpossibleSpeedEvidence>(offender: 2, offences: 1);

        // Another member hears it although it is 2 km away.
        cheat.Answers(async r => Answer(await cheat.AnswerAsync(r, north: 20_000)));
        zone = await bench.ZoneAsync(1, 3);
        Assert.Equal("Failed", zone.Zone.State);
        Assert.StartsWith("1 of 2 told their places", zone.Zone.Report, StringComparison.Ordinal);
        await other.ConvictsByAsync<OutsideAreaEvidence>(offender: 2, offences: 2);
    }

    [Fact]
    public async Task A_requester_that_claims_a_better_standing_than_attested_is_refused_and_convicted()
    {
        await using var bench = await MemberBench.StartAsync(2, Settings);
        var (collaborator, cheat) = (new Hand(bench, 0), new Hand(bench, 1));
        Assert.Null((await cheat.AskAsync(0, await cheat.RequestAsync())).Refusal);

        var (_, refusal) = await cheat.AskAsync(0, await cheat.RequestAsync(r => r with { Reputation = 500_001 }));
        Assert.Contains("claims another standing than was attested", refusal, StringComparison.Ordinal);
        await collaborator.ConvictsByAsync<FalseStandingEvidence>(offender: 1, offences: 1);

        // The contract has locked it: nobody answers what it asks honestly either.
        (_, refusal) = await cheat.AskAsync(0, await cheat.RequestAsync());
        Assert.Contains("You are locked", refusal, StringComparison.Ordinal);
        Assert.Single(collaborator.Found);
    }

    private static EnvelopeAnswer Answer(AnswerBody body) => EnvelopeAnswer.Of(MemberJson.Write(body));
}
