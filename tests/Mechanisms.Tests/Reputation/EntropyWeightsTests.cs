using System.Collections.Immutable;
using Mechanisms.Reputation;

namespace Mechanisms.Tests.Reputation;

public sealed class EntropyWeightsTests
{
    private const RatingDirection Higher = RatingDirection.HigherIsBetter, Lower = RatingDirection.LowerIsBetter;

    [Fact]
    public void The_worked_example_comes_out()
    {
        // A score, a number of defaults' class and a share of debt; expected values by Python's decimal with 40 digits.
        var found = EntropyWeights.Of(new CreditRatings(4, [Higher, Lower, Lower], [700, 3, 0.20, 650, 5, 0.10, 820, 1, 0.90, 500, 4, 0.40]));
        Near([0.31422698879446649, 0.40101252549915147, 0.28476048570638204], found.Weights);
        Near([0.64606355573920158, 0.43205438670378821, 0.71523951429361796, 0.27822843494127664], found.Reputations);
    }

    [Fact]
    public void Two_users_who_differ_give_every_agency_that_tells_them_apart_the_same_weight()
    {
        // One has all of the share: the entropy is 0 and 1 − e is 1.
        var found = EntropyWeights.Of(new CreditRatings(2, [Higher, Higher, Lower], [10, 5, 3, 20, 5, 9]));
        Near([0.5, 0, 0.5], found.Weights);
        Near([0.5, 0.5], found.Reputations);
    }

    [Fact]
    public void A_single_user_and_users_that_nothing_tells_apart_have_one_half()
    {
        Near([0.5], EntropyWeights.Of(new CreditRatings(1, [Higher, Lower], [700, 3])).Reputations);
        var alike = EntropyWeights.Of(new CreditRatings(3, [Higher, Lower], [7, 3, 7, 3, 7, 3]));
        Near([0.5, 0.5], alike.Weights);
        Near([0.5, 0.5, 0.5], alike.Reputations);
    }

    [Fact]
    public void Scales_of_agencies_and_the_order_of_users_do_not_matter_and_a_direction_is_a_sign()
    {
        var random = new Random(4);
        for (var round = 0; round < 200; round++)
        {
            var (users, agencies) = (random.Next(2, 40), random.Next(1, 8));
            var directions = Enumerable.Range(0, agencies).Select(_ => random.Next(2) == 0 ? Higher : Lower).ToImmutableArray();
            var ratings = Enumerable.Range(0, users * agencies).Select(_ => (double)random.Next(0, 50)).ToArray();
            var found = EntropyWeights.Of(new CreditRatings(users, directions, ratings));
            Assert.Equal(1, found.Weights.Sum(), 1e-12);
            Assert.All(found.Reputations, r => Assert.InRange(r, 0, 1));

            var scaled = ratings.Select((c, i) => (c * (1 + (i % agencies))) + 100).ToArray();
            Near(found.Reputations, EntropyWeights.Of(new CreditRatings(users, directions, scaled)).Reputations);
            var turned = EntropyWeights.Of(new CreditRatings(users, [.. directions.Select(d => d == Higher ? Lower : Higher)], [.. ratings.Select(c => -c)]));
            Near(found.Reputations, turned.Reputations);

            var order = Enumerable.Range(0, users).ToArray();
            random.Shuffle(order);
            var moved = EntropyWeights.Of(new CreditRatings(users, directions, [.. order.SelectMany(u => ratings.AsSpan(u * agencies, agencies).ToArray())]));
            Near([.. order.Select(u => found.Reputations[u])], moved.Reputations);
        }
    }

    [Fact]
    public void Who_is_best_with_every_agency_has_one_and_who_is_worst_has_nothing()
    {
        var found = EntropyWeights.Of(new CreditRatings(3, [Higher, Lower], [9, 1, 5, 3, 2, 8]));
        Near([1, found.Reputations[1], 0], found.Reputations);
    }

    [Fact]
    public void An_agency_that_singles_somebody_out_counts_more_than_one_that_spreads_evenly()
    {
        // Five users; the first agency rates one apart, the second evenly spread.
        var found = EntropyWeights.Of(new CreditRatings(5, [Higher, Higher], [0, 1, 0, 2, 0, 3, 0, 4, 1, 5]));
        Assert.True(found.Weights[0] > 2 * found.Weights[1]);
    }

    [Fact]
    public void Ratings_at_the_ends_of_the_numbers_do_no_harm()
    {
        var found = EntropyWeights.Of(new CreditRatings(3, [Higher, Higher], [-4e307, 5e-324, 4e307, 0, 0, 1e-320]));
        Assert.All(found.Reputations, r => Assert.InRange(r, 0, 1));
        Assert.Equal(1, found.Weights.Sum(), 1e-12);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.MaxValue)]
    public void What_is_no_rating_is_refused_by_user_and_agency(double rating) => Assert.Contains(
        "user 1 by agency 0", Assert.Throws<ArgumentException>(() => new CreditRatings(2, [Higher, Higher], [1, 2, rating, 4])).Message, StringComparison.Ordinal);

    [Fact]
    public void A_matrix_of_another_shape_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new CreditRatings(2, [Higher], [1, 2, 3]));
        Assert.Throws<ArgumentException>(() => new CreditRatings(1, [], []));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CreditRatings(0, [Higher], []));
        Assert.Throws<ArgumentException>(() => new CreditRatings(int.MaxValue, [Higher, Higher], [1]));
    }

    private static void Near(IReadOnlyList<double> expected, IReadOnlyList<double> found)
    {
        Assert.Equal(expected.Count, found.Count);
        for (var i = 0; i < expected.Count; i++)
        {
            Assert.Equal(expected[i], found[i], 1e-12);
        }
    }
}
