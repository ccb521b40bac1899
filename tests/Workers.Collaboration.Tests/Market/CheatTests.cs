using System.Security.Cryptography;
using Ethereum;
using Ethereum.Contracts;
using Workers.Collaboration.Zones;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Members;
using Workers.Standalone.Chain;

namespace Workers.Collaboration.Tests.Market;

/// <summary>Members that lie, and what the others make of it.</summary>
public sealed class CheatTests
{
    private const double Latitude = Hand.Latitude / 1e6, Longitude = Hand.Longitude / 1e6;

    private static readonly Dictionary<string, string> Settings = new() { ["Zone:Reuse"] = "00:00:00" };

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

    [Fact]
    public async Task An_answer_that_shows_no_lie_but_is_none_is_not_used_and_accuses_nobody()
    {
        await using var bench = await MemberBench.StartAsync(3, Settings);
        var (requester, honest, cheat) = (new Hand(bench, 0), new Hand(bench, 1), new Hand(bench, 2));
        var elsewhere = new Conduct.Place(Hand.Latitude + 50_000, Hand.Longitude, Hash32.Zero);
        (string Problem, Func<Conduct.ZoneRequest, Task<EnvelopeAnswer>> Script)[] lies =
        [
            ("it does not open to the place that it is signed for", async r => Answer(await cheat.AnswerAsync(r, sealedInstead: elsewhere))),
            ("its signature is not the member's", async r => Answer(await cheat.AnswerAsync(r, signer: honest.Identity.Signer))),
            ("it answers something else", async r => Answer(await cheat.AnswerAsync(r, change: a => a with { Collaborator = honest.Account }, signer: honest.Identity.Signer))),
            ("it answers something else", async r => Answer(await cheat.AnswerAsync(r with { Latitude = r.Latitude + 1 }))),
            ("it answers something else", async r => Answer(await cheat.AnswerAsync(r, change: a => a with { SealedPlace = Hash32.Zero }))),
            ("its time is 12", async r => Answer(await cheat.AnswerAsync(r, change: a => a with { Time = a.Time - 120 }))),
            ("its time is 1", async r => Answer(await cheat.AnswerAsync(r, change: a => a with { Time = ulong.MaxValue }))),
            ("its answer cannot be read", _ => Task.FromResult(EnvelopeAnswer.Of("""{"answer":null,"signature":"","sealed":""}"""u8.ToArray()))),
            ("its answer cannot be read", _ => Task.FromResult(EnvelopeAnswer.Of(new byte[100_000]))),
            ("its answer cannot be read", async r => Answer(await cheat.UnreadableAsync(r))),
        ];
        foreach (var (problem, script) in lies)
        {
            cheat.Answers(script);
            var zone = await bench.ZoneAsync(0, 3);
            Assert.Equal("Failed", zone.Zone.State);
            Assert.StartsWith("1 of 2 told their places", zone.Zone.Report, StringComparison.Ordinal);
            Assert.Contains($"{cheat.Account}: {problem}", zone.Zone.Report, StringComparison.Ordinal);
            Assert.Empty(zone.Places);
        }

        // The only evidence is that of a lie that came after all of these.
        cheat.Answers(async r => Answer(await cheat.AnswerAsync(r, north: 20_000)));
        await bench.ZoneAsync(0, 3);
        await requester.ConvictsByAsync<OutsideAreaEvidence>(offender: 2, offences: 1);
    }

    [Fact]
    public async Task A_request_that_is_none_is_refused_and_accuses_nobody()
    {
        await using var bench = await MemberBench.StartAsync(3, new Dictionary<string, string>(Settings) { ["Place:AnswersPerHour"] = "3" });
        var (victim, collaborator, cheat) = (new Hand(bench, 0), new Hand(bench, 1), new Hand(bench, 2));
        var market = bench.Market;
        var here = Hand.Latitude + 900;
        (string Reason, SignedRequest Request)[] bad =
        [
            ("is not signed by the member that sends it", await victim.RequestAsync()),
            ("is not signed by the member that sends it", await cheat.RequestAsync(r => r with { Requester = victim.Account })),
            ("is not signed by the member that sends it", await cheat.RequestAsync(market: market with { ChainId = market.ChainId + 1 })),
            ("is not signed by the member that sends it", await cheat.RequestAsync(market: market with { Contract = bench.Contracts.PrivacyOracle })),
            ("within 500 m of a place on Earth", await cheat.RequestAsync(r => r with { Radius = 501 })),
            ("within 500 m of a place on Earth", await cheat.RequestAsync(r => r with { Latitude = int.MinValue })),
            ("within 500 m of a place on Earth", await cheat.RequestAsync(r => r with { Size = 255 })),
            ("s old; 60 s are allowed", await cheat.RequestAsync(r => r with { Time = r.Time - 120 })),
            ("s old; 60 s are allowed", await cheat.RequestAsync(r => r with { Time = r.Time + 120 })),
            ("s old; 60 s are allowed", await cheat.RequestAsync(r => r with { Time = ulong.MaxValue })),
            ("are not known here", await cheat.RequestAsync(r => r with { Standings = Hash32.Zero, Reputation = 1_000_000 })),
            ("does not take part", await cheat.RequestAsync(r => r with { Latitude = here + 5_000 })),
        ];
        foreach (var (reason, request) in bad)
        {
            Assert.Contains(reason, (await cheat.AskAsync(1, request)).Refusal, StringComparison.Ordinal);
        }

        // What counts are answers: three are given, whatever was asked before, and the same again as often as it is asked.
        var first = await cheat.RequestAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => cheat.AskAsync(1, first)));
        Assert.All(answers, a => Assert.Equal(answers[0].Answer, a.Answer));
        Assert.Equal(here, cheat.Open(answers[0].Answer).Place.Latitude);
        Assert.Null((await cheat.AskAsync(1, await cheat.RequestAsync())).Refusal);
        Assert.Null((await cheat.AskAsync(1, await cheat.RequestAsync())).Refusal);
        Assert.Contains("does not take part", (await cheat.AskAsync(1, await cheat.RequestAsync())).Refusal, StringComparison.Ordinal);
        Assert.Equal(answers[0].Answer, (await cheat.AskAsync(1, first)).Answer);
        Assert.Null((await victim.AskAsync(1, await victim.RequestAsync())).Refusal);

        // The only evidence is that of a lie that came after all of these.
        await cheat.AskAsync(1, await cheat.RequestAsync(r => r with { Zones = 1 }));
        await collaborator.ConvictsByAsync<FalseStandingEvidence>(offender: 2, offences: 1);
    }

    [Fact]
    public async Task However_its_device_jumps_an_honest_member_signs_nothing_that_can_be_held_against_it()
    {
        await using var bench = await MemberBench.StartAsync(2, Settings);
        var requester = new Hand(bench, 0);
        var measure = new Measure(bench.Market, MarketDeployment.Rules.Speed, MarketDeployment.Rules.Slack, _ => null);

        // Steps of 111 m, each of which alone could be an error of the device.
        List<OpenedAnswer> told = [];
        for (var i = 0; i < 10; i++)
        {
            if (await FromAsync(i * 1_000) is { } answer)
            {
                told.Add(answer);
            }
        }

        Assert.True(told.Count > 1);
        Assert.DoesNotContain(told, a => told.Any(b => ImpossibleSpeedEvidence.IsTooFar(a, b, measure)));
        Assert.Null(await FromAsync(450_000));

        async Task<OpenedAnswer?> FromAsync(int north)
        {
            await bench.PlaceAsync(1, (Hand.Latitude + north) / 1e6, Longitude);
            var (answer, refusal) = await requester.AskAsync(1, await requester.RequestAsync(r => r with { Latitude = Hand.Latitude + north }));
            Assert.True(refusal is null || refusal.Contains("does not take part", StringComparison.Ordinal), refusal);
            return refusal is null ? requester.Open(answer) : null;
        }
    }

    [Fact]
    public async Task Who_asks_several_times_at_once_gets_no_more_than_one_after_the_other()
    {
        await using var bench = await MemberBench.StartAsync(2, new Dictionary<string, string>(Settings) { ["Place:AnswersPerHour"] = "2" });
        var requester = new Hand(bench, 0);
        var requests = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => requester.RequestAsync()));
        var answers = await Task.WhenAll(requests.Select(r => requester.AskAsync(1, r)));
        Assert.Equal(2, answers.Count(a => a.Refusal is null));
        Assert.All(answers.Where(a => a.Refusal is not null), a => Assert.Contains("does not take part", a.Refusal, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_bill_counts_if_its_debtor_sends_it_for_what_it_was_told()
    {
        await using var bench = await MemberBench.StartAsync(3, Settings);
        var (requester, other) = (new Hand(bench, 0), new Hand(bench, 2));
        var answer = requester.Open((await requester.AskAsync(1, await requester.RequestAsync())).Answer).Answer;
        byte[] copy = [1, 2, 3];
        var bill = new Conduct.Bill(requester.Account, bench.Accounts[1], Statements.Of(bench.Market, answer).StructHash, Hand.Now, new Hash32(SHA256.HashData(copy)));
        Assert.Contains("told you nothing", await RefusalAsync(requester, bill with { Answer = Hash32.Zero }), StringComparison.Ordinal);
        Assert.Contains("told you nothing", await RefusalAsync(other, bill), StringComparison.Ordinal);
        Assert.Contains("told you nothing", await RefusalAsync(other, bill with { Requester = other.Account }), StringComparison.Ordinal);
        Assert.Contains("is not for what", await RefusalAsync(requester, bill with { SealedPlace = Hash32.Zero }), StringComparison.Ordinal);
        Assert.Contains("is not for what", await RefusalAsync(requester, bill with { Collaborator = other.Account }), StringComparison.Ordinal);
        Assert.Contains("is not for what", await RefusalAsync(requester, bill with { Requester = other.Account }), StringComparison.Ordinal);
        Assert.Contains("is not for what", await RefusalAsync(requester, bill, signer: other), StringComparison.Ordinal);
        Assert.False(await BilledAsync());
        Assert.Null(await RefusalAsync(requester, bill));
        Assert.True(await BilledAsync());

        async Task<string?> RefusalAsync(Hand sender, Conduct.Bill sent, Hand? signer = null) => (await sender.SendAsync(
            1, BillCopyHandler.Kind, MemberJson.Write(new BillBody(sent, await Hand.SignAsync((signer ?? requester).Identity.Signer, Statements.Of(bench.Market, sent)), copy)))).Refusal;

        async Task<bool> BilledAsync() => Assert.Single(await bench.Members[1].Client.GetAsync<ZoneTests.ToldView[]>("api/told", Cancellation)).Billed;
    }

    [Fact]
    public async Task Whoever_is_stopped_between_question_and_answer_gives_or_gets_the_same_answer_afterwards()
    {
        await using var bench = await MemberBench.StartAsync(2, Settings);
        var (requester, collaborator) = (new Hand(bench, 0), new Hand(bench, 1));
        var request = await requester.RequestAsync();
        var told = (await requester.AskAsync(1, request)).Answer;

        // The collaborator is stopped when it has signed and not sent: the zone ends, either way.
        var asked = Signal();
        var zone = Guid.NewGuid();
        Hang();
        var ended = bench.ZoneAsync(0, 2, zone);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        await bench.RestartAsync(1);
        Assert.Contains((await ended).Zone.State, new[] { "Failed", "Formed" });
        Assert.Equal(told, (await requester.AskAsync(1, request)).Answer);
        Assert.Equal(2, await ToldAsync());

        // The requester is stopped while it waits: it asks the same again, and there is a zone.
        asked = Signal();
        zone = Guid.NewGuid();
        Hang();
        await bench.Members[0].Client.TellAsync(HttpMethod.Put, $"api/zones/{zone}", new { Size = 2 }, Cancellation);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        await bench.RestartAsync(0);
        Assert.Equal("Formed", (await bench.ZoneAsync(0, 2, zone)).Zone.State);
        Assert.Equal(3, await ToldAsync());

        void Hang()
        {
            var times = 0;
            collaborator.Answers(async (_, own) =>
            {
                var answer = await own();
                if (Interlocked.Increment(ref times) == 1)
                {
                    asked.SetResult();
                    await Task.Delay(Timeout.Infinite, Cancellation);
                }

                return answer;
            });
        }

        async Task<int> ToldAsync() => (await bench.Members[1].Client.GetAsync<ZoneTests.ToldView[]>("api/told", Cancellation)).Length;

        static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private static EnvelopeAnswer Answer(AnswerBody body) => EnvelopeAnswer.Of(MemberJson.Write(body));
}
