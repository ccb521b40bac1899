using System.Security.Cryptography;
using Ethereum;
using Ethereum.Contracts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Testing;
using Workers.Hosting.Members;
using Workers.Penalties.Attesting;
using Workers.Penalties.Ratings;
using Workers.Standalone.Fleets;

namespace Workers.Penalties.Tests.Ratings;

/// <summary>Houses that have to agree before anything is attested.</summary>
public sealed class AttestingTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_of_three_attest_while_one_is_dead_and_an_agency_that_tells_each_another_thing_is_left_out()
    {
        await using var bench = await AttestorBench.StartAsync(3, ("Ratings:Round", "00:01:00"), ("Ratings:AskingTime", "00:00:20"), ("Attesting:Patience", "00:00:03"));
        await bench.AddAgencyAsync("Bank", "700", "600");
        await bench.AddAgencyAsync("Shop", "10", "20");
        await bench.AddAgencyAsync("Twofaced", null, null, answer: (asker, honest, sign) =>
            sign(honest with { Ratings = honest.Ratings.SetItem(1, honest.Ratings[1] with { Rating = asker == bench.Attestors[0].Address ? 5 : 500_000_000 }) }, bench.Chain.Market));
        bench.AddSilentAgency("Silent"); // Nobody computes before the asking time is over: both have asked Twofaced by then.
        await bench.IntroduceAsync();
        var houses = new[] { await bench.StartHouseAsync(0), await bench.StartHouseAsync(1) };

        // Whoever proposed, by turn or because the dead one was silent: both signed the same.
        AttestorBench.RoundView[] sent;
        var clock = System.Diagnostics.Stopwatch.StartNew();
        do
        {
            Assert.True(clock.Elapsed < TimeSpan.FromMinutes(4), string.Join("; ", (await AttestorBench.RoundsAsync(houses[0])).Concat(await AttestorBench.RoundsAsync(houses[1])).Select(r => r.ToString())));
            await Task.Delay(500, Cancellation);
            sent = [.. (await AttestorBench.RoundsAsync(houses[0])).Concat(await AttestorBench.RoundsAsync(houses[1])).Where(r => r is { State: "Attested", TransactionHash: not null })];
        }
        while (sent.Length == 0);
        Assert.Contains("Twofaced is left out: it signed two different ratings of", sent[0].Report, StringComparison.Ordinal);
        Assert.StartsWith("2 members, 2 agencies.", sent[0].Report, StringComparison.Ordinal);
        var (document, attested) = await bench.AttestedAsync();
        Assert.Equal(1ul, attested.Number);
        Assert.Equal([500_000u, 500_000u], document.Standings.Select(s => s.Reputation));
        Assert.Equal(0u, attested.Least);
    }

    [Fact]
    public async Task A_house_signs_nothing_but_what_it_computes_itself()
    {
        await using var bench = await AttestorBench.StartAsync(2, ("Ratings:Round", "10.00:00:00"), ("Ratings:LeastAgencies", "1"), ("Attesting:Patience", "00:00:01"));
        await bench.AddAgencyAsync("Bank", "700", "600");
        await bench.AddAgencyAsync("Shop", "10", "20");
        await bench.IntroduceAsync();
        var house = await bench.StartHouseAsync(0);
        await AttestorBench.UntilAsync(house, r => r.State == "Computed");
        var (request, answers) = await HonestAsync(house);
        var document = await DocumentAsync(house);
        var (liar, pair) = (bench.Attestors[1], bench.PairOf(1));

        // One standing changed, with root and hash to fit; another least; other members' number; another hash.
        var better = new StandingsDocument([document.Standings[0] with { Reputation = 999_999 }, .. document.Standings.Skip(1)]);
        var helpful = new StandingsDocument([document.Standings[0] with { Zones = 7 }, .. document.Standings.Skip(1)]);
        foreach (var lie in new[] { As(better), As(helpful), request with { Least = request.Least + 1 }, request with { Members = 3 }, request with { Content = Hash32.Zero } })
        {
            await NotSignedAsync(lie, "not what these answers come to");
        }

        await NotSignedAsync(request with { Round = request.Round - 1 }, "not the present one");
        await NotSignedAsync(request with { Number = 2 }, "not the next attestation's number");
        await NotSignedAsync(request with { BlockHash = Hash32.Zero }, "not final here");
        await NotSignedAsync(request with { Block = request.Block + 100_000 }, "not final here");
        await NotSignedAsync(request with { Epochs = [7] }, "epochs");
        Assert.Equal([Keccak256.Hash("unknown")], (await NotSignedAsync(request with { Answers = [.. request.Answers, Keccak256.Hash("unknown")] }, "not here")).Missing);

        // Who leaves out an agency is shown what it signed.
        var bank = answers.Where(a => a.Value.Ratings.Any(r => r.Rating == 700_000_000)).Select(a => a.Key).ToArray();
        var shop = answers.First(a => !bank.Contains(a.Key));
        var first = document.Standings[0].Member == bench.Chain.Requester.Address;
        var partial = As(new StandingsDocument([document.Standings[0] with { Reputation = first ? 1_000_000u : 0 }, document.Standings[1] with { Reputation = first ? 0u : 1_000_000 }])) with { Answers = [.. bank] };
        var others = (await NotSignedAsync(partial, "signed more than you name")).Others;
        Assert.NotEmpty(others);
        Assert.All(others, o => Assert.Equal(shop.Value.Agency, o.Agency));

        // Only attestors ask, and only what agencies signed is taken from them.
        using var member = ConductBench.PairOf(bench.Chain.Requester.Address);
        Assert.Contains("Attestors of this market ask", (await bench.SendAsync(bench.Chain.Requester, member, house, AttestRequest.Kind, MemberJson.Write(request))).Refusal, StringComparison.Ordinal);
        Assert.Contains("Attestors of this market tell", (await bench.SendAsync(bench.Chain.Requester, member, house, CreditAnswerHandler.Kind, MemberJson.Write(shop.Value))).Refusal, StringComparison.Ordinal);
        Assert.Null((await bench.SendAsync(liar, pair, house, CreditAnswerHandler.Kind, MemberJson.Write(shop.Value))).Refusal);
        Assert.Contains("signature", (await bench.SendAsync(liar, pair, house, CreditAnswerHandler.Kind, MemberJson.Write(shop.Value with { Time = shop.Value.Time + 1 }))).Refusal, StringComparison.Ordinal);
        Assert.Contains("no agency of this house", (await bench.SendAsync(liar, pair, house, CreditAnswerHandler.Kind, MemberJson.Write(shop.Value with { Agency = liar.Address }))).Refusal, StringComparison.Ordinal);

        // What is true it signs; and the other's silence keeps it from attesting.
        var reply = await AskAsync(request);
        Assert.True(Statements.Attestation(bench.Chain.Market, request.Root, request.Members, request.Least, request.Content, request.Number).IsSignedBy(bench.Attestors[0].Address, reply.Signature));
        Assert.Equal("Computed", (await AttestorBench.RoundsAsync(house))[0].State);

        AttestRequest As(StandingsDocument other) => request with { Root = other.Root, Least = other.Least, Content = new Hash32(SHA256.HashData(other.Write())) };

        async Task<AttestReply> AskAsync(AttestRequest asked) => MemberJson.Read<AttestReply>((await bench.SendAsync(liar, pair, house, AttestRequest.Kind, MemberJson.Write(asked))).Answer);

        async Task<AttestReply> NotSignedAsync(AttestRequest lie, string because)
        {
            var no = await AskAsync(lie);
            Assert.Null(no.Signature);
            Assert.Contains(because, no.Problem, StringComparison.Ordinal);
            return no;
        }
    }

    private static async Task<(AttestRequest Request, IReadOnlyDictionary<Hash32, CreditAnswer> Answers)> HonestAsync(Fleet house)
    {
        await using var scope = house.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PenaltiesDb>();
        var row = await db.Rounds.AsNoTracking().SingleAsync(r => r.State == RoundState.Computed, Cancellation);
        var answers = await scope.ServiceProvider.GetRequiredService<RoundComputation>().AnswersAsync(row.Round, Cancellation);
        var document = StandingsDocument.Read(row.Document);
        return (new AttestRequest(
            row.Round, row.BlockNumber, Hash32.Parse(row.BlockHash), [], [.. answers.Keys], 1, document.Root, (uint)document.Standings.Count, document.Least, new Hash32(SHA256.HashData(row.Document!))), answers);
    }

    private static async Task<StandingsDocument> DocumentAsync(Fleet house)
    {
        await using var scope = house.Services.CreateAsyncScope();
        return StandingsDocument.Read((await scope.ServiceProvider.GetRequiredService<PenaltiesDb>().Rounds.AsNoTracking().SingleAsync(r => r.State == RoundState.Computed, Cancellation)).Document);
    }
}
