using Workers.Hosting.Members;

namespace Workers.Penalties.Tests.Ratings;

/// <summary>A house that alone attests, on a chain with two members, and agencies of all kinds.</summary>
public sealed class RatingTests
{
    [Fact]
    public async Task Standings_are_attested_from_the_agencies_that_are_honest_and_in_time_and_of_the_others_it_is_said_why_not()
    {
        await using var bench = await AttestorBench.StartAsync(1);
        var other = bench.Chain.Market with { ChainId = 1 };
        CreditAnswer? before = null;
        var (asked, replays) = (0, false);

        // Bank and Fines contradict each other, to the same degree; Shop decides. Alike tells nobody apart.
        await bench.AddAgencyAsync("Bank", "700", "600.5");
        await bench.AddAgencyAsync("Fines", "5", "3", higherIsBetter: false);
        await bench.AddAgencyAsync("Shop", "10", "20");
        await bench.AddAgencyAsync("Alike", "50", "50");
        await bench.AddAgencyAsync("Nobodys", null, null);
        bench.AddSilentAgency("Silent");
        await bench.AddAgencyAsync("Slow", null, null, answer: async (_, honest, sign) =>
        {
            await Task.Delay(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
            return await sign(honest, bench.Chain.Market);
        });
        await bench.AddAgencyAsync("Fickle", null, null, answer: (_, honest, sign) =>
            sign(honest with { Ratings = honest.Ratings.SetItem(1, honest.Ratings[1] with { Rating = Interlocked.Increment(ref asked) }) }, bench.Chain.Market));
        await bench.AddAgencyAsync("Stale", null, null, answer: (_, honest, sign) => sign(honest with { Time = honest.Time - 3_600 }, bench.Chain.Market));
        await bench.AddAgencyAsync("Foreign", null, null, answer: (_, honest, sign) => sign(honest, other));
        await bench.AddAgencyAsync("Forged", null, null, answer: async (_, honest, sign) => (await sign(honest, bench.Chain.Market)) with { Ratings = honest.Ratings.SetItem(0, honest.Ratings[0] with { Rating = 9 }) });
        await bench.AddAgencyAsync("Excessive", null, null, answer: (_, honest, sign) => sign(honest with { Ratings = honest.Ratings.SetItem(0, honest.Ratings[0] with { Rating = 1_000_000_001 }) }, bench.Chain.Market));
        await bench.AddAgencyAsync("Partial", null, null, answer: (_, honest, sign) => sign(honest with { Ratings = honest.Ratings.RemoveAt(0) }, bench.Chain.Market));
        await bench.AddAgencyAsync("Replayer", null, null, answer: async (_, honest, sign) => before = replays && before is not null ? before : await sign(honest, bench.Chain.Market));
        var house = await bench.StartHouseAsync(0);

        // On a busy machine an honest agency may be late in the first round.
        var done = await AttestorBench.UntilAsync(house, r => r.State == "Attested" && r.Report.StartsWith("2 members, 5 agencies.", StringComparison.Ordinal));
        replays = true;
        var (document, attested) = await bench.AttestedAsync();
        foreach (var sentence in new[]
        {
            "Silent is left out: it did not answer in time.",
            "Slow is left out: it did not answer in time.",
            "Fickle is left out: it signed two different ratings of",
            "Stale is left out: it did not answer in time.", // It is asked again and again.
            "Foreign is left out: its answer does not have its signature for this market on this chain.",
            "Forged is left out: its answer does not have its signature",
            "Excessive is left out: a rating is not from 0 to 1000.",
            "Partial is left out: its answer is not about the members that it was asked about.",
            "Nobodys is left out: it knows none of the members.",
        })
        {
            Assert.Contains(sentence, done.Report, StringComparison.Ordinal);
        }

        // The replayer counted in this round, and prefers whoever comes later in the alphabet.
        var (requester, collaborator) = (document.Find(bench.Chain.Requester.Address)!.Reputation, document.Find(bench.Chain.Collaborator.Address)!.Reputation);
        var later = document.Standings[1].Member == bench.Chain.Requester.Address;
        Assert.Equal(later ? (500_000u, 500_000u) : (250_000u, 750_000u), (requester, collaborator));
        Assert.Equal((2u, document.Least, (ulong)done.Number), (attested.Members, attested.Least, attested.Number));
        Assert.True(done is { Number: > 0, TransactionHash: not null });

        // In the next round what the replayer signed before is from before: it is left out, and Shop decides.
        var next = await AttestorBench.UntilAsync(house, r => r.Round > done.Round && r.State == "Attested" && r.Report.Contains("Replayer is left out: it did not answer in time.", StringComparison.Ordinal));
        (document, attested) = await bench.AttestedAsync();
        Assert.Equal((333_333u, 666_667u, 666_667u, (ulong)next.Number), (document.Find(bench.Chain.Requester.Address)!.Reputation, document.Find(bench.Chain.Collaborator.Address)!.Reputation, attested.Least, attested.Number));

        // What is as it was is not sent again.
        var last = await AttestorBench.UntilAsync(house, r => r.Round > next.Round && r.State == "Unchanged");
        Assert.Contains($"attestation {(await bench.AttestedAsync()).Attested.Number}", last.Report, StringComparison.Ordinal);
        Assert.Null(last.TransactionHash);
    }

    [Fact]
    public async Task A_house_that_dies_between_any_two_steps_and_a_chain_that_goes_back_attest_once()
    {
        await using var bench = await AttestorBench.StartAsync(1, ("Ratings:Round", "10.00:00:00"), ("Ratings:AskingTime", "00:00:12"), ("Chain:FinalityDepth", "10"));
        await bench.AddAgencyAsync("Bank", "700", "600");
        await bench.AddAgencyAsync("Shop", "10", "20");
        bench.AddSilentAgency("Silent");
        var states = new HashSet<string>();
        AttestorBench.RoundView? round = null;
        for (var start = 0; round is not { State: "Attested" }; start++)
        {
            Assert.True(start < 200, $"Still {round} after {start} starts.");
            var house = await bench.StartHouseAsync(0);
            await Task.Delay(TimeSpan.FromMilliseconds(300 * (start % 9)), TestContext.Current.CancellationToken);
            round = (await AttestorBench.RoundsAsync(house)).FirstOrDefault() ?? round;
            if (round is { State: "Sent" } && states.Add("Sent"))
            {
                await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
                await bench.Chain.Node.ReorganiseAsync(2);
            }

            states.Add(round?.State ?? "None");
            bench.Houses.Remove(house);
            await house.DisposeAsync();
        }

        Assert.Contains("Asking", states);
        Assert.Contains("Sent", states);
        Assert.Equal(1L, round.Number);
        Assert.Equal(1ul, (await bench.AttestedAsync()).Attested.Number);
    }

    [Fact]
    public async Task With_too_few_agencies_nothing_is_attested()
    {
        await using var bench = await AttestorBench.StartAsync(1);
        await bench.AddAgencyAsync("Bank", "700", "600");
        bench.AddSilentAgency("Silent");
        var house = await bench.StartHouseAsync(0);
        var failed = await AttestorBench.UntilAsync(house, r => r.State == "Failed" && r.Report.StartsWith("2 members", StringComparison.Ordinal));
        Assert.Contains("2 members, 1 agencies. At least 2 agencies are needed. Silent is left out: it did not answer in time.", failed.Report, StringComparison.Ordinal);
        Assert.Equal(Ethereum.Hash32.Zero, await bench.Chain.Rpc.CallAsync(bench.Chain.Contracts.Conduct, new Ethereum.Contracts.Conduct.StandingsCall(), TestContext.Current.CancellationToken));
    }
}
