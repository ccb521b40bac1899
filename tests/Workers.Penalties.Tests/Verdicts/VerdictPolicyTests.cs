using Ethereum;
using Workers.Hosting.Members;
using Workers.Penalties.Verdicts;

namespace Workers.Penalties.Tests.Verdicts;

public sealed class VerdictPolicyTests
{
    private const ulong Day = 86_400;
    private static readonly Address Offender = Address.Parse("0x00000000000000000000000000000000000000aa"), Contract = Address.Parse("0x00000000000000000000000000000000000000cc");
    private static readonly VerdictOptions Options = new();

    [Fact]
    public void Three_expired_queries_of_one_day_are_one_offence_and_two_are_none()
    {
        var three = new[] { At(1, Day), At(2, Day + 5), At(3, (2 * Day) - 1) };
        Assert.Empty(Judge(three[..2]));
        var verdict = Assert.Single(Judge(three));
        Assert.Equal((Offence.ExpiredQuery, Offender, (2 * Day) - 1), (verdict.Offence, verdict.Offender, verdict.CommittedAt));
        Assert.Equal(Keccak256.Hash([.. three.SelectMany(m => m.Subject.ToArray())]), verdict.Evidence);
        Assert.Equal(three, verdict.Shown);

        // Of two days each is for itself.
        Assert.Empty(Judge([three[0], three[1], At(3, 2 * Day)]));
        Assert.Single(Judge([At(0, Day - 1), .. three, At(4, 2 * Day)]));
    }

    /// <summary>The terms are the provider's, whoever the owner is: an hour is the least that is held against an owner.</summary>
    [Theory]
    [InlineData(1_000, 4_600, 4_601, true)]
    [InlineData(1_000, 4_600, 4_600, false)]
    [InlineData(1_000, 4_599, 9_999, false)]
    [InlineData(1_000, 1_001, 9_999, false)]
    [InlineData(0, 0, 1, true)]
    public void An_owner_that_had_too_little_time_did_nothing_wrong(long since, long deadline, long time, bool counts)
    {
        var row = new MisdeedRow { Offence = Offence.UnansweredTrade, Subject = Hash32.Zero, IsShown = true, Since = since, Deadline = deadline, Time = time };
        Assert.Equal(counts, VerdictPolicy.Counts(row, Options));
        row.IsShown = false;
        Assert.False(VerdictPolicy.Counts(row, Options));
        (row.IsShown, row.Time) = (true, null);
        Assert.False(VerdictPolicy.Counts(row, Options));
    }

    [Fact]
    public void Further_events_change_no_verdict()
    {
        var all = Enumerable.Range(0, 20).Select(i => At(i, Day + ((ulong)i * (Day / 5)))).ToArray();
        IReadOnlyList<Verdict> before = [];
        for (var n = 0; n <= all.Length; n++)
        {
            var now = Judge(all[..n]);
            Assert.Equal(before.Select(v => v.Evidence), now.Take(before.Count).Select(v => v.Evidence));
            before = now;
        }

        // Five a day: three are an offence, two are none.
        Assert.Equal(4, before.Count);
        Assert.Equal(12, before.SelectMany(v => v.Shown).Select(m => m.Subject).Distinct().Count());
    }

    [Theory]
    [InlineData(Offence.MissingReview)]
    [InlineData(Offence.Equivocation)]
    [InlineData(Offence.UnansweredTrade)]
    public void Of_the_others_each_event_is_one(Offence offence)
    {
        var events = new[] { At(1, 5), At(2, 6) };
        var verdicts = VerdictPolicy.Judge(offence, Offender, Contract, 31_337, events, Options);
        Assert.Equal([5ul, 6ul], verdicts.Select(v => v.CommittedAt));
        Assert.Equal(events, verdicts.Select(v => Assert.Single(v.Shown)));
        Assert.Equal(2, verdicts.Select(v => v.Evidence).Distinct().Count());

        // Another chain, contract, block, transaction or log is another event.
        var differing = new[]
        {
            VerdictPolicy.EvidenceOf(31_337, Contract, events[0]), VerdictPolicy.EvidenceOf(1, Contract, events[0]), VerdictPolicy.EvidenceOf(31_337, Offender, events[0]),
            VerdictPolicy.EvidenceOf(31_337, Contract, events[0] with { BlockHash = Hash32.Zero }), VerdictPolicy.EvidenceOf(31_337, Contract, events[0] with { TransactionHash = Hash32.Zero }),
            VerdictPolicy.EvidenceOf(31_337, Contract, events[0] with { LogIndex = 9 }),
        };
        Assert.Equal(differing.Length, differing.Distinct().Count());
        Assert.Equal(differing[0], verdicts[0].Evidence);
        Assert.Contains(Offender.ToString(), VerdictPolicy.Sentence(verdicts[0]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    public void Every_attestor_has_a_turn_of_its_own_and_each_comes_first_for_some(int attestors)
    {
        var first = new HashSet<int>();
        for (var i = 0; i < 200; i++)
        {
            var turns = Enumerable.Range(0, attestors).Select(own => VerdictPolicy.TurnOf(Of($"evidence {i}"), own, attestors)).ToList();
            Assert.Equal(Enumerable.Range(0, attestors), turns.Order());
            first.Add(turns.IndexOf(0));
        }

        Assert.Equal(attestors, first.Count);
    }

    [Fact]
    public void A_verdict_is_known_by_the_hash_that_the_contract_emits()
    {
        var verdict = new Verdict(Offence.ExpiredQuery, Offender, Of("evidence"), 7, []);
        var words = "00000000000000000000000000000000000000000000000000000000000000aa" + ((int)Offence.ExpiredQuery).ToString("x64", System.Globalization.CultureInfo.InvariantCulture) + Of("evidence").ToString()[2..];
        Assert.Equal(Keccak256.Hash(Convert.FromHexString(words)), VerdictPolicy.ConvictionOf(verdict));
    }

    [Fact]
    public void An_event_is_known_by_the_hash_that_the_contract_names()
    {
        // abi.encode of five static values is their words.
        var words = "0000000000000000000000000000000000000000000000000000000000007a69" + "00000000000000000000000000000000000000000000000000000000000000cc"
            + Of("block").ToString()[2..] + Of("transaction").ToString()[2..] + "0000000000000000000000000000000000000000000000000000000000000002";
        Assert.Equal(Keccak256.Hash(Convert.FromHexString(words)), VerdictPolicy.EvidenceOf(31_337, Contract, new Misdeed(Of("subject"), Of("block"), Of("transaction"), 2, 7)));
    }

    private static IReadOnlyList<Verdict> Judge(Misdeed[] misdeeds) => VerdictPolicy.Judge(Offence.ExpiredQuery, Offender, Contract, 31_337, misdeeds, Options);

    private static Hash32 Of(string text) => Keccak256.Hash(text);

    private static Misdeed At(int number, ulong time) => new(Of($"query {number}"), Of($"block {number}"), Of($"transaction {number}"), 0, time);
}
