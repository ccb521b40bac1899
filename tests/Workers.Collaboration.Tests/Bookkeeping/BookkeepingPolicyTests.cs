using Ethereum;
using Ethereum.Contracts;
using Mechanisms.Reputation;
using Workers.Collaboration.Bookkeeping;
using Workers.Collaboration.Tests.Zones;

namespace Workers.Collaboration.Tests.Bookkeeping;

/// <summary>Whose turn it is.</summary>
public sealed class BookkeepingPolicyTests
{
    private static readonly Address[] Accounts = [.. Enumerable.Range(1, 200).Select(i => new Address(Signed.Hash($"account {i}").ToArray().AsSpan(0, 20)))];

    [Fact]
    public void The_first_of_the_ranking_is_the_elected_one()
    {
        var random = new Random(4);
        for (var round = 0; round < 50; round++)
        {
            var standings = Accounts.Take(1 + random.Next(20)).Select(a => new Conduct.Standing(a, (uint)random.Next(3) * 500_000, (uint)random.Next(3))).ToList();
            var (seed, mean) = (Signed.Hash($"seed {round}"), standings.Average(s => s.Reputation));
            var least = standings.Any(s => s.Reputation > mean) ? (long)Math.Floor(mean) + 1 : 0;
            var elected = BookkeeperElection.Elect(seed.ToArray(), [.. standings.Select(s => new BookkeeperCandidate([.. s.Member.ToArray()], s.Zones, s.Reputation))]);
            var ranking = BookkeepingPolicy.Ranking(seed, standings, least);
            Assert.Equal(standings[elected!.Value], ranking[0]);
            Assert.Equal(standings.Where(s => s.Reputation >= least).ToHashSet(), ranking.ToHashSet());
        }
    }

    [Theory]
    [InlineData(0, -1, 0, true)]
    [InlineData(1, -1, 299, false)]
    [InlineData(1, -1, 300, true)]
    [InlineData(3, -1, 899, false)]
    [InlineData(3, -1, 900, true)]
    [InlineData(9, -1, 2_699, false)]
    [InlineData(9, -1, 2_700, true)]
    [InlineData(0, 1, 500, true)]
    [InlineData(1, 1, 500, false)]
    [InlineData(2, 1, 1_000, false)]
    [InlineData(1, 100, 1_000, false)]
    [InlineData(100, -1, 100_000, false)]
    public void One_posts_in_ones_turn_and_never_what_a_better_one_has_posted(int own, int standing, long elapsed, bool posts)
    {
        IReadOnlyList<Address> ranking = Accounts[..10];
        var bookkeeper = standing < 0 ? default : Accounts[standing];
        Assert.Equal(posts, BookkeepingPolicy.Posts(ranking, Accounts[own], bookkeeper, now: 10_000 + elapsed, deadline: 11_200, posting: 1_200));
    }

    [Fact]
    public void What_anybody_can_do_is_spread_and_everybodys_turn_comes()
    {
        var turns = Accounts.Select(a => Enumerable.Range(0, 601).First(s => BookkeepingPolicy.IsTurn(a, 7, since: 1_000, now: 1_000 + s, TimeSpan.FromMinutes(10)))).ToList();
        Assert.True(turns.Distinct().Count() > 150, "150 of 200 have moments of their own");
        Assert.InRange(turns.Average(), 250, 350);
        Assert.Contains(turns, t => t > 550);
        Assert.NotEqual(turns[0], Enumerable.Range(0, 601).First(s => BookkeepingPolicy.IsTurn(Accounts[0], 8, since: 1_000, now: 1_000 + s, TimeSpan.FromMinutes(10))));
    }

    [Fact]
    public void Bills_are_lodged_in_the_last_part_of_the_window()
    {
        Assert.False(BookkeepingPolicy.Lodges(now: 599, deadline: 1_200, collecting: 1_200, after: 0.5));
        Assert.True(BookkeepingPolicy.Lodges(now: 600, deadline: 1_200, collecting: 1_200, after: 0.5));
        Assert.True(BookkeepingPolicy.Lodges(now: 0, deadline: 1_200, collecting: 1_200, after: 0));
    }

    [Fact]
    public void Every_second_has_its_epoch()
    {
        var clock = new EpochClock(1_000, 60);
        Assert.Null(clock.EpochAt(999));
        Assert.Equal((0, 0, 1), (clock.EpochAt(1_000), clock.EpochAt(1_059), clock.EpochAt(1_060)));
        Assert.Equal((1_000, 1_060), (clock.FirstOf(0), clock.FirstOf(1)));
    }
}
