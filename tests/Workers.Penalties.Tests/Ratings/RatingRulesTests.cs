using Ethereum;
using Ethereum.Contracts;
using Ethereum.Transactions;
using Mechanisms.Reputation;
using Workers.Hosting.Members;
using Workers.Penalties.Ratings;

namespace Workers.Penalties.Tests.Ratings;

public sealed class RatingRulesTests : IDisposable
{
    private const long Unit = 1_000_000;
    private static readonly ConductReference Market = new(31337, Address.Parse("0x00000000000000000000000000000000000000c0"));
    private static readonly Address[] Members = [.. Enumerable.Range(1, 4).Select(i => Address.Parse($"0x{i:x40}"))];
    private static readonly AgencyOptions Bank = new() { Name = "Bank", Lowest = -1_000, Highest = 1_000 };
    private static readonly AgencyOptions Fines = new() { Name = "Fines", HigherIsBetter = false, Highest = 1_000 };
    private static readonly DateTimeOffset Begin = DateTimeOffset.FromUnixTimeSeconds(1_000_000), Latest = DateTimeOffset.FromUnixTimeSeconds(1_000_100);

    private readonly LocalKeySigner _bank = new([.. Enumerable.Repeat((byte)1, 32)]), _fines = new([.. Enumerable.Repeat((byte)2, 32)]);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _bank.Dispose();
        _fines.Dispose();
    }

    [Fact]
    public async Task An_answer_counts_as_it_was_signed_for_its_market_in_its_round()
    {
        var answer = await SignedAsync(_bank, 600 * Unit, null, -700 * Unit);
        Assert.Null(Problem(answer));
        Assert.Contains("one of its own", Problem(answer, of: _fines.Address), StringComparison.Ordinal);
        Assert.Contains("signature", Problem(answer with { Agency = _fines.Address }), StringComparison.Ordinal);
        Assert.Contains("signature", Problem(answer, market: Market with { ChainId = 1 }), StringComparison.Ordinal);
        Assert.Contains("signature", Problem(answer, market: Market with { Contract = Address.Zero }), StringComparison.Ordinal);
        Assert.Contains("signature", Problem(answer with { Time = answer.Time + 1 }), StringComparison.Ordinal);

        // Each rating is signed: its member, its value, its sign and whether there is one.
        foreach (var changed in new CreditRating[] { new(Members[2], 700 * Unit), new(Members[2], -1), new(Members[2], null), new(Address.Parse($"0x{3:x39}0"), -700 * Unit) })
        {
            Assert.Contains("signature", Problem(answer with { Ratings = [.. answer.Ratings[..2], changed] }), StringComparison.Ordinal);
        }

        Assert.Contains("signature", Problem(answer with { Ratings = answer.Ratings.SetItem(1, new(Members[1], 0)) }), StringComparison.Ordinal);
        Assert.Contains("signature", Problem(answer with { Ratings = answer.Ratings.RemoveAt(2) }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_from_another_time_or_off_its_scale_or_out_of_order_does_not_count()
    {
        var early = await SignedAtAsync(_bank, (ulong)Begin.ToUnixTimeSeconds() - 1, 1);
        Assert.Contains("before this round", RatingRules.Problem(early, _bank.Address, Bank, Market, Begin, Latest, out var isTooEarly), StringComparison.Ordinal);
        Assert.True(isTooEarly);
        Assert.Null(Problem(await SignedAtAsync(_bank, (ulong)Begin.ToUnixTimeSeconds(), 1)));
        Assert.Null(Problem(await SignedAtAsync(_bank, (ulong)Latest.ToUnixTimeSeconds(), 1)));
        Assert.Contains("future", Problem(await SignedAtAsync(_bank, (ulong)Latest.ToUnixTimeSeconds() + 1, 1)), StringComparison.Ordinal);

        Assert.Null(Problem(await SignedAsync(_bank, -1_000 * Unit, 1_000 * Unit)));
        Assert.Contains("-1000 to 1000", Problem(await SignedAsync(_bank, (1_000 * Unit) + 1)), StringComparison.Ordinal);
        Assert.Contains("-1000 to 1000", Problem(await SignedAsync(_bank, (-1_000 * Unit) - 1)), StringComparison.Ordinal);
        Assert.Contains("-1000 to 1000", Problem(await SignedAsync(_bank, long.MinValue)), StringComparison.Ordinal);

        foreach (var members in new Address[][] { [Members[1], Members[0]], [Members[0], Members[0]], [] })
        {
            Assert.Contains("in ascending order", Problem(new CreditAnswer(_bank.Address, 1_000_050, [.. members.Select(m => new CreditRating(m, 1))], new byte[65])), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Whom_an_agency_does_not_know_has_the_worst_of_its_ratings_and_an_agency_that_contradicts_itself_is_left_out()
    {
        // Bank: 1, ?, 0, ½; fines, where lower is better: 1, 0, ?, ½. Alike but for two members, so they count the same.
        var bank = new AgencyRatings(_bank.Address, Bank, [await SignedAsync(_bank, 800 * Unit, null, 600 * Unit, 700 * Unit)]);
        var fines = new AgencyRatings(_fines.Address, Fines, [await SignedAsync(_fines, 0, 10 * Unit, null, 5 * Unit)]);
        var document = RatingRules.Compute(Members, [bank, fines], 2, m => m == Members[1] ? 7u : 0, out var report)!;
        Assert.Equal([1_000_000, 0, 0, 500_000], document.Standings.Select(s => s.Reputation));
        Assert.Equal([0, 7, 0, 0], document.Standings.Select(s => s.Zones));
        Assert.Equal("4 members, 2 agencies.", report);
        Assert.Equal(document.Root, RatingRules.Compute(Members, [fines, bank], 2, m => m == Members[1] ? 7u : 0, out _)!.Root);

        // The same again is no contradiction; another rating of one member is, and so is not to know it any more.
        var again = await SignedAtAsync(_bank, (ulong)Begin.ToUnixTimeSeconds() + 60, 800 * Unit, null);
        Assert.NotNull(RatingRules.Compute(Members, [bank with { Answers = [.. bank.Answers, again] }, fines], 2, _ => 0, out _));
        foreach (var other in new[] { await SignedAsync(_bank, 800 * Unit, 0), await SignedAsync(_bank, null, null), await SignedAsync(_bank, (800 * Unit) + 1) })
        {
            var fickle = bank with { Answers = [.. bank.Answers, other] };
            Assert.Null(RatingRules.Compute(Members, [fickle, fines], 2, _ => 0, out report));
            Assert.Contains("4 members, 1 agencies. Bank is left out: it signed two different ratings of", report, StringComparison.Ordinal);
            Assert.Contains("At least 2 agencies are needed.", report, StringComparison.Ordinal);
            Assert.Equal([1_000_000, 0, 0, 500_000], RatingRules.Compute(Members, [fickle, fines], 1, _ => 0, out _)!.Standings.Select(s => s.Reputation));
        }

        Assert.Null(RatingRules.Column(new(_bank.Address, Bank, [await SignedAsync(_bank, null, null, null, null)]), Members, out var problem));
        Assert.Equal("it knows none of the members", problem);
        Assert.Null(RatingRules.Column(new(_bank.Address, Bank, [await SignedAsync(_bank, 1, 2, 3)]), Members, out problem));
        Assert.Equal("it has not answered about everybody in time", problem);
    }

    [Fact]
    public async Task An_agency_that_rates_everybody_alike_changes_nothing()
    {
        var bank = new AgencyRatings(_bank.Address, Bank, [await SignedAsync(_bank, 800, 799, 797, 790)]);
        var alike = new AgencyRatings(_fines.Address, Fines, [await SignedAsync(_fines, 5, 5, 5, 5)]);
        Assert.Equal([1_000_000, 900_000, 700_000, 0], RatingRules.Compute(Members, [bank, alike], 2, _ => 0, out _)!.Standings.Select(s => s.Reputation));
        Assert.Equal([500_000, 500_000, 500_000, 500_000], RatingRules.Compute(Members, [alike], 1, _ => 0, out _)!.Standings.Select(s => s.Reputation));
    }

    [Theory]
    [InlineData(new uint[] { 1, 2, 3 }, 3)] // 2 is the mean itself
    [InlineData(new uint[] { 0, 0, 0, 1_000_000 }, 1_000_000)]
    [InlineData(new uint[] { 333_333, 333_333, 333_334 }, 333_334)]
    [InlineData(new uint[] { 5, 5 }, 0)]
    [InlineData(new uint[] { 5 }, 0)]
    public void The_least_reputation_elects_whom_the_election_does(uint[] reputations, uint least)
    {
        var document = new StandingsDocument([.. reputations.Select((r, i) => new Conduct.Standing(Address.Parse($"0x{i + 1:x40}"), r, 1))]);
        Assert.Equal(least, document.Least);
        foreach (var standing in document.Standings)
        {
            // With the most zones by far it is elected exactly when it may be.
            var candidates = document.Standings.Select(s => new BookkeeperCandidate([.. s.Member.ToArray()], s == standing ? 1_000u : 1, s.Reputation)).ToList();
            var elected = BookkeeperElection.Elect(new byte[32], candidates)!.Value;
            Assert.Equal(standing.Reputation >= document.Least, document.Standings[elected] == standing);
        }
    }

    [Fact]
    public void An_answer_that_was_billed_twice_is_one_zone()
    {
        var (a, b) = (Keccak256.Hash("a"), Keccak256.Hash("b"));
        SignedBill[] bills = [Bill(Members[0], a, 1), Bill(Members[0], a, 2), Bill(Members[0], b, 3), Bill(Members[1], a, 4)];
        Assert.Equal([(Members[0], 2L), (Members[1], 1L)], RatingRules.Helped(bills).OrderBy(h => h.Key.ToTopic()).Select(h => (h.Key, h.Value)));

        static SignedBill Bill(Address collaborator, Hash32 answer, ulong time) => new(new Conduct.Bill(Members[3], collaborator, answer, time, Hash32.Zero), new byte[65]);
    }

    [Fact]
    public void Rounds_follow_each_other_without_a_gap()
    {
        var length = TimeSpan.FromSeconds(7);
        var round = RatingRules.RoundOf(Latest, length);
        Assert.Equal(1_000_100 / 7, round);
        Assert.Equal(round, RatingRules.RoundOf(RatingRules.StartOf(round, length), length));
        Assert.Equal(round - 1, RatingRules.RoundOf(RatingRules.StartOf(round, length) - TimeSpan.FromTicks(1), length));
        Assert.Equal(RatingRules.StartOf(round, length) + length, RatingRules.StartOf(round + 1, length));
    }

    private string? Problem(CreditAnswer answer, Address? of = null, ConductReference? market = null) =>
        RatingRules.Problem(answer, of ?? (answer.Agency == _fines.Address ? _fines.Address : _bank.Address), Bank, market ?? Market, Begin, Latest, out _);

    private static Task<CreditAnswer> SignedAsync(LocalKeySigner agency, params long?[] ratings) => SignedAtAsync(agency, 1_000_050, ratings);

    private static async Task<CreditAnswer> SignedAtAsync(LocalKeySigner agency, ulong time, params long?[] ratings)
    {
        var answer = new CreditAnswer(agency.Address, time, [.. ratings.Select((r, i) => new CreditRating(Members[i], r))], []);
        return answer with { Signature = PersonalMessage.ToBytes(await agency.SignTypedDataAsync(answer.Data(Market), Cancellation)) };
    }
}
