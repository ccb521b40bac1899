using Experiments.HyperX;

namespace Experiments.Tests.HyperX;

public sealed class GroupsTests
{
    [Theory]
    [InlineData(11, 462)]
    [InlineData(10, 252)]
    [InlineData(5, 1)]
    [InlineData(4, 0)]
    public void Every_group_of_five_is_there_once(int datasets, int groups)
    {
        var all = Groups.Of(datasets, Groups.Size).ToList();
        Assert.Equal(groups, all.Count);
        Assert.Equal(groups, all.Select(group => string.Join(' ', group)).Distinct(StringComparer.Ordinal).Count());
        Assert.All(all, group => Assert.Equal(group.Distinct().Order(), group));
        Assert.All(all, group => Assert.All(group, dataset => Assert.InRange(dataset, 0, datasets - 1)));
    }

    [Fact]
    public void Falling_scores_find_the_best_of_every_group_and_rising_ones_of_none()
    {
        double[] falling = [.. Enumerable.Range(0, 11).Select(level => 1 - (level / 20.0))];
        Assert.Equal(1, Groups.ShareFound(falling));
        Assert.Equal(0, Groups.ShareFound([.. falling.Reverse()]));
        Assert.Equal(0, Groups.Regret(falling, falling), 12);
    }

    /// <summary>Datasets 1 and 2 have changed places: the choice is wrong in the groups that hold both and not dataset 0, which are C(8, 3) of 462.</summary>
    [Fact]
    public void Two_scores_in_the_wrong_order_cost_the_groups_in_which_they_meet_at_the_top()
    {
        double[] scores = [0.99, 0.90, 0.92, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1];
        double[] worth = [1, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1];
        Assert.Equal(1 - (56 / 462.0), Groups.ShareFound(scores), 12);
        Assert.Equal(0.05 * 56 / 462, Groups.Regret(scores, worth), 12);
    }

    [Fact]
    public void Of_equal_scores_each_is_chosen_equally_often()
    {
        Assert.Equal(0.2, Groups.ShareFound([.. Enumerable.Repeat(0.5, 10)]), 12);
        // C(8, 3) of the groups hold both of the first two.
        Assert.Equal(1 - (0.5 * 56 / 252), Groups.ShareFound([0.9, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1]), 12);
    }
}
