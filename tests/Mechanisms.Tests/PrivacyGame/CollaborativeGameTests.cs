using Mechanisms.PrivacyGame;

namespace Mechanisms.Tests.PrivacyGame;

public sealed class CollaborativeGameTests
{
    private static readonly double[] Line = [0, 1, 2, 1, 0, 1, 2, 1, 0];

    [Fact]
    public void No_release_keeps_more_than_the_error_of_the_best_guess_of_who_sees_nothing()
    {
        // One member on a line of three cells, at its ends half of the time each: guessing the middle errs by 1, as does any guess.
        var game = Single([0.5, 0, 0.5], beta: 1);
        Assert.Equal(1, game.HighestPrivacy);
        var found = new FirstOrderSolver().Solve(game, new SolverLimits(1e-6), cancellationToken: TestContext.Current.CancellationToken).Check(game);
        Assert.True(found.Holds(1, 1e-5, 1e-9), $"{found}");

        // Always the same cell is sent, whichever it is: half of the time it is 2 off, or always 1.
        Assert.Equal(1, found.Cost, 1e-5);
    }

    [Fact]
    public void A_wish_that_cannot_be_kept_is_answered_with_what_can()
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => Single([0.5, 0, 0.5], beta: 1.001));
        Assert.Contains("between 0 and 1:", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_member_in_one_cell_has_nothing_to_hide_and_nothing_to_pay()
    {
        var nothing = new PairMatrix(1, [0], [0]);
        var game = new CollaborativeGame([1], [1], nothing, nothing, 0.5, 0);
        var found = new FirstOrderSolver().Solve(game, new SolverLimits(), cancellationToken: TestContext.Current.CancellationToken).Check(game);
        Assert.Equal((0, 0), (found.Cost, found.Privacy));
        Assert.True(found.Holds(0, 1e-12, 1e-12), $"{found}");
    }

    [Fact]
    public void Where_one_is_for_certain_never_hides_who_is_there_and_states_that_never_are_do_no_harm()
    {
        var game = Single([0, 1, 0], beta: 0);
        Assert.Equal(0, game.HighestPrivacy);
        Assert.Equal(0, new FirstOrderSolver().Solve(game, new SolverLimits(), cancellationToken: TestContext.Current.CancellationToken).Check(game).Cost, 1e-12);
    }

    [Theory]
    [InlineData(0.5, 0.4, "sum to 0.9")]
    [InlineData(1.5, -0.5, "state 1 is -0.5")]
    [InlineData(double.NaN, 1, "state 0 is NaN")]
    public void A_prior_that_is_none_is_refused_with_the_reason(double first, double second, string reason)
    {
        var error = Assert.Throws<ArgumentException>(() => Single([first, second, 0], beta: 0));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        error = Assert.Throws<ArgumentException>(() => new CollaborativeGame([1, 0, 0], [first, second, 0], new PairMatrix(1, Line, Line), new PairMatrix(1, Line, Line), 1, 0));
        Assert.Equal("prediction", error.ParamName);
    }

    [Theory]
    [InlineData(double.NaN, 0)]
    [InlineData(-0.1, 0)]
    [InlineData(double.PositiveInfinity, 0)]
    [InlineData(1, double.NaN)]
    [InlineData(1, -0.1)]
    public void Alpha_and_beta_out_of_range_are_refused(double alpha, double beta) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new CollaborativeGame([1, 0, 0], [], new PairMatrix(1, Line, Line), new PairMatrix(1, Line, Line), alpha, beta));

    [Fact]
    public void Too_many_states_are_refused_before_anything_of_their_size_is_made()
    {
        var cells = new PairMatrix(10_000, [0], [1]);
        var error = Assert.Throws<ArgumentException>(() => new CollaborativeGame([], [], cells, cells, 1, 0));
        Assert.Contains("10000 states", error.Message, StringComparison.Ordinal);
        Assert.Contains("at most 1500", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Distances_are_finite_and_not_below_nothing()
    {
        Assert.Throws<ArgumentException>(() => new PairMatrix(1, [0, 1, double.NaN, 0], [0, 1, 1, 0]));
        Assert.Throws<ArgumentException>(() => new PairMatrix(1, [0, 1, 1, 0], [0, -1, 1, 0]));
        Assert.Throws<ArgumentException>(() => new PairMatrix(1, [0, 1, 1], [0, 1, 1]));
        Assert.Throws<ArgumentException>(() => new PairMatrix(1, [], []));
    }

    [Fact]
    public void Products_are_those_of_the_whole_matrix()
    {
        var random = new Random(4);
        double[] Values(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextDouble())];
        var (matrix, columns, width) = (new PairMatrix(3, Values(16), Values(16)), Values(12 * 5), 5);
        var (product, transposed) = (new double[60], new double[60]);
        matrix.Multiply(columns, width, product);
        matrix.MultiplyTransposed(columns, width, transposed);
        for (var row = 0; row < 12; row++)
        {
            for (var column = 0; column < width; column++)
            {
                Assert.Equal(Enumerable.Range(0, 12).Sum(k => matrix[row, k] * columns[(k * width) + column]), product[(row * width) + column], 1e-12);
                Assert.Equal(Enumerable.Range(0, 12).Sum(k => matrix[k, row] * columns[(k * width) + column]), transposed[(row * width) + column], 1e-12);
            }
        }
    }

    private static CollaborativeGame Single(double[] prior, double beta) => new(prior, [], new PairMatrix(1, Line, Line), new PairMatrix(1, Line, Line), 0, beta);
}
