namespace Experiments.Tests;

public sealed class SpreadTests
{
    [Fact]
    public void The_median_does_not_depend_on_the_order_and_halves_an_even_count()
    {
        Assert.Equal(new Spread(2, 1, 9), Spread.Of([9, 1, 2]));
        Assert.Equal(new Spread(3, 1, 9), Spread.Of([9, 4, 1, 2]));
        Assert.Equal(new Spread(7, 7, 7), Spread.Of([7]));
    }

    [Fact]
    public void No_draws_are_refused() => Assert.Throws<ArgumentException>(() => Spread.Of([]));
}
