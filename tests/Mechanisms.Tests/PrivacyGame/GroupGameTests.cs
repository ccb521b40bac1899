using Mechanisms.Mobility;
using Mechanisms.PrivacyGame;

namespace Mechanisms.Tests.PrivacyGame;

public sealed class GroupGameTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 8, 0, 0, TimeSpan.Zero);
    private static readonly GridCells Cells = new(new BoundingBox(new Position(52, 13), new Position(52.03, 13.03)), 3);
    private static readonly Trajectory Nowhere = new("", []);
    private static readonly GroupGameOptions Options = new(new ResamplingOptions(TimeSpan.FromMinutes(10), TimeSpan.FromHours(1), 150), 0, OtherMemberDistance: 1.5, CostPerKilometre: 2, OtherMemberCost: 0.25);

    [Theory, InlineData(0), InlineData(0.5)]
    public void Prior_and_prediction_are_distributions_and_every_member_has_an_equal_share(double smoothing)
    {
        var game = GroupGame.Of(Cells, [Walk(0, 0, 1, 4), Nowhere, Walk(8)], Options with { Smoothing = smoothing });
        foreach (var distribution in new[] { game.Prior, game.Prediction })
        {
            Assert.Equal(27, distribution.Length);
            Assert.Equal(1, distribution.Sum(), 1e-12);
            Assert.All(distribution.Chunk(9), member => Assert.Equal(1 / 3.0, member.Sum(), 1e-12));
            Assert.True(smoothing == 0 || distribution.Min() > 0);
        }
    }

    [Fact]
    public void Visits_make_the_prior_and_steps_from_the_last_cell_the_prediction()
    {
        var game = GroupGame.Of(Cells, [Walk(0, 1, 0, 2, 0), Walk(8, 7)], Options);
        AssertClose([3 / 10.0, 1 / 10.0, 1 / 10.0, 0, 0, 0, 0, 0, 0], game.Prior[..9]);
        AssertClose([0, 1 / 4.0, 1 / 4.0, 0, 0, 0, 0, 0, 0], game.Prediction[..9]);
        AssertClose([0, 0, 0, 0, 0, 0, 0, 1 / 4.0, 1 / 4.0], game.Prior[9..]);

        // The cell 7 was never left: from there anywhere is as likely.
        AssertClose([.. Enumerable.Repeat(1 / 18.0, 9)], game.Prediction[9..]);
    }

    [Fact]
    public void Smoothing_is_what_everybody_is_given_beforehand()
    {
        var game = GroupGame.Of(Cells, [Walk(0, 1)], Options with { Smoothing = 0.5 });
        AssertClose([1.5 / 6.5, 1.5 / 6.5, .. Enumerable.Repeat(0.5 / 6.5, 7)], game.Prior);
        AssertClose([.. Enumerable.Repeat(1 / 9.0, 9)], game.Prediction);
        var more = GroupGame.Of(Cells, [Walk(0, 1, 0)], Options with { Smoothing = 0.5 });
        AssertClose([0.5 / 5.5, 1.5 / 5.5, .. Enumerable.Repeat(0.5 / 5.5, 7)], more.Prediction);
    }

    [Fact]
    public void Who_has_no_history_or_was_outside_may_be_anywhere()
    {
        var outside = new Trajectory("", [new Fix(Start, new Position(10, 10)), new Fix(Start.AddMinutes(10), new Position(10, 10))]);
        var game = GroupGame.Of(Cells, [Nowhere, outside], Options);
        Assert.All([game.Prior, game.Prediction], distribution => AssertClose([.. Enumerable.Repeat(1 / 18.0, 18)], distribution));
        Assert.True(game.HighestPrivacy > 0);
    }

    [Fact]
    public void Distances_are_great_circles_and_more_for_another_member_and_costs_likewise()
    {
        var game = GroupGame.Of(Cells, [Nowhere, Nowhere], Options);
        for (var a = 0; a < 18; a++)
        {
            for (var b = 0; b < 18; b++)
            {
                var kilometres = Cells.CentreOf(a % 9).DistanceTo(Cells.CentreOf(b % 9));
                var other = a / 9 != b / 9;
                Assert.Equal(kilometres + (other ? 1.5 : 0), game.Distance[a, b], 1e-9);
                Assert.Equal((2 * kilometres) + (other ? 0.25 : 0), game.Cost[a, b], 1e-9);
                Assert.Equal((game.Distance[b, a], game.Cost[b, a]), (game.Distance[a, b], game.Cost[a, b]));
                Assert.Equal(a == b, game.Distance[a, b] == 0);
            }
        }
    }

    [Fact]
    public void Too_many_states_are_refused_before_anything_is_counted()
    {
        var cells = new NeverAsked(500);
        Assert.Contains("2000 states", Assert.Throws<ArgumentException>(() => GroupGame.Of(cells, [Walk(0), Walk(0), Walk(0), Walk(0)], Options)).Message, StringComparison.Ordinal);
        Assert.Contains("states", Assert.Throws<ArgumentException>(() => GroupGame.Of(cells, [], Options)).Message, StringComparison.Ordinal);

        // More than an int holds: 1,000,000 cells for 4,295 members would be 32,704 states in an int.
        Assert.Contains("4295000000 states", Assert.Throws<ArgumentException>(() => GroupGame.Of(new NeverAsked(1_000_000), [.. Enumerable.Repeat(Nowhere, 4_295)], Options)).Message, StringComparison.Ordinal);
        Assert.Equal(CollaborativeGame.MaxStates, GroupGame.Of(new GridCells(Cells.Box, 10), [.. Enumerable.Repeat(Nowhere, 15)], Options).Prior.Length);
    }

    [Fact]
    public void A_wish_without_alpha_is_a_game_without_mobility_privacy()
    {
        var game = GroupGame.Of(Cells, [Walk(0, 1, 0, 2, 0), Walk(8, 7, 8)], Options);
        var (without, with, none) = (game.For(null, 0.1), game.For(0.7, 0.1), game.For(0, 0.1));
        Assert.Equal((false, 0.1), (without.HasMobility, without.Beta));
        Assert.Equal((true, 0.7, true, 0.0), (with.HasMobility, with.Alpha, none.HasMobility, none.Alpha));
        Assert.Equal(game.Prediction, with.Prediction.ToArray());
        Assert.Equal(game.Prior, without.Prior.ToArray());
    }

    [Fact]
    public void The_highest_privacy_is_that_of_the_best_guess_without_a_hint_and_the_last_wish_that_is_met()
    {
        var game = GroupGame.Of(Cells, [Walk(0, 1, 0, 2, 0), Walk(8, 7, 8)], Options);
        var best = Enumerable.Range(0, 18).Min(guess => Enumerable.Range(0, 18).Sum(o => game.Prior[o] * game.Distance[guess, o]));
        Assert.Equal(best, game.HighestPrivacy, 1e-9);
        Assert.Equal(game.HighestPrivacy, game.For(0.7, game.HighestPrivacy).Beta);
        Assert.ThrowsAny<ArgumentException>(() => game.For(0.7, Math.BitIncrement(game.HighestPrivacy)));
        Assert.ThrowsAny<ArgumentException>(() => game.For(null, double.NaN));
    }

    private static Trajectory Walk(params int[] cells) => new("", [.. cells.Select((cell, i) => new Fix(Start.AddMinutes(10 * i), Cells.CentreOf(cell)))]);

    private static void AssertClose(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
    }

    /// <summary>Cells that may be counted and nothing else.</summary>
    private sealed class NeverAsked(int count) : ICells
    {
        public int Count => count;

        public int? CellOf(Position position) => throw new NotSupportedException("A history was looked at.");

        public Position CentreOf(int cell) => throw new NotSupportedException("A distance was measured.");
    }
}
