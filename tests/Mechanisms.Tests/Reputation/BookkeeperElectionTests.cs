using System.Collections.Immutable;
using Mechanisms.Reputation;

namespace Mechanisms.Tests.Reputation;

public sealed class BookkeeperElectionTests
{
    private static readonly byte[] Seed = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    // By Python's whole numbers.
    [Theory]
    [InlineData(1, 1743624997)]
    [InlineData(2, 3099339663)]
    [InlineData(3, 3670637784)]
    [InlineData(4, 2953858810)]
    public void The_spread_is_that_of_the_formula(byte account, ulong expected) => Assert.Equal(expected, BookkeeperElection.SpreadOf(Seed, Account(account).AsSpan()));

    [Fact]
    public void The_spread_is_nearly_a_sine()
    {
        for (var i = 0; i < 1_000; i++)
        {
            var account = Account(i);
            var t = System.Security.Cryptography.SHA256.HashData([.. Seed, .. account])[..4].Aggregate(0.0, (sum, b) => (sum * 256) + b) / BookkeeperElection.One;
            Assert.Equal(Math.Sin(Math.PI * t), BookkeeperElection.SpreadOf(Seed, account.AsSpan()) / (double)BookkeeperElection.One, 0.0017);
        }
    }

    [Fact]
    public void Nobody_at_or_below_the_mean_is_elected_and_nobody_with_less_than_half_of_the_most_zones()
    {
        var random = new Random(7);
        for (var round = 0; round < 2_000; round++)
        {
            var candidates = Draw(random, random.Next(1, 12));
            var elected = candidates[BookkeeperElection.Elect(SeedOf(round), candidates)!.Value];
            var mean = candidates.Average(c => (decimal)c.Reputation);
            var above = candidates.Where(c => c.Reputation > mean).ToArray();
            var eligible = above.Length > 0 ? above : candidates;
            Assert.Contains(elected, eligible);
            Assert.True(2 * elected.Zones >= eligible.Max(c => c.Zones));
        }
    }

    [Fact]
    public void Every_order_elects_the_same_also_when_nobody_helped_yet()
    {
        var random = new Random(8);
        for (var round = 0; round < 500; round++)
        {
            var candidates = Draw(random, 8, zones: round % 2 == 0 ? 1u : 50);
            var elected = candidates[BookkeeperElection.Elect(SeedOf(round), candidates)!.Value];
            random.Shuffle(candidates);
            Assert.Equal(elected, candidates[BookkeeperElection.Elect(SeedOf(round), candidates)!.Value]);
        }
    }

    [Fact]
    public void Those_who_helped_alike_take_turns_and_who_helped_more_has_more_of_them()
    {
        ImmutableArray<BookkeeperCandidate> candidates = [new(Account(1), 10, 900_000), new(Account(2), 10, 900_000), new(Account(3), 14, 900_000), new(Account(4), 99, 100_000)];
        var wins = new int[4];
        for (var epoch = 0; epoch < 4_000; epoch++)
        {
            wins[BookkeeperElection.Elect(SeedOf(epoch), candidates)!.Value]++;
        }

        Assert.Equal(0, wins[3]);
        Assert.InRange(wins[0], wins[1] * 8 / 10, wins[1] * 12 / 10);
        Assert.InRange(wins[0], 200, wins[2] / 2);
    }

    [Fact]
    public void Without_candidates_nobody_is_elected_and_a_single_one_always()
    {
        Assert.Null(BookkeeperElection.Elect(Seed, []));
        Assert.Equal(0, BookkeeperElection.Elect(Seed, [new(Account(1), 0, 0)]));
    }

    [Fact]
    public void What_is_malformed_is_refused()
    {
        var good = new BookkeeperCandidate(Account(1), 1, 1);
        Assert.Throws<ArgumentException>(() => BookkeeperElection.Elect(Seed.AsSpan(1), [good]));
        Assert.Throws<ArgumentException>(() => BookkeeperElection.Elect(Seed, [good, good with { Zones = 2 }]));
        Assert.Throws<ArgumentException>(() => BookkeeperElection.Elect(Seed, [good with { Account = good.Account[1..] }]));
        Assert.Throws<ArgumentException>(() => BookkeeperElection.Elect(Seed, [good with { Reputation = 1_000_001 }]));
    }

    private static BookkeeperCandidate[] Draw(Random random, int count, uint zones = 50) =>
        [.. Enumerable.Range(0, count).Select(i => new BookkeeperCandidate(Account(i), (uint)random.Next((int)zones), (uint)random.Next(3) * 400_000))];

    private static byte[] SeedOf(int epoch) => System.Security.Cryptography.SHA256.HashData(BitConverter.GetBytes(epoch));

    private static ImmutableArray<byte> Account(int number) => [.. Enumerable.Range(0, 20).Select(i => i == 0 && number > 255 ? (byte)(number >> 8) : (byte)number)];
}
