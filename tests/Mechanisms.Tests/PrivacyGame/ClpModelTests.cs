using System.Diagnostics;
using Mechanisms.PrivacyGame.Linear;

namespace Mechanisms.Tests.PrivacyGame;

public sealed class ClpModelTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_program_that_grows_by_rows_and_columns_is_solved_with_its_prices(int method)
    {
        using var model = new ClpModel();
        var columns = new Vectors();
        columns.Begin(0, ClpModel.Infinity, 3);
        columns.Begin(0, ClpModel.Infinity, 5);
        model.AddColumns(columns);
        var rows = new Vectors();
        rows.Begin(2, ClpModel.Infinity);
        rows.Add(0, 1);
        rows.Add(1, 1);
        model.AddRows(rows);
        Assert.True(model.Minimise((ClpMethod)method, 100, Cancellation));
        Assert.Equal([2, 0], model.Solution());
        Assert.Equal([3], model.Prices());

        var another = new Vectors();
        another.Begin(1, 1);
        another.Add(1, 1);
        model.AddRows(another);
        Assert.True(model.Minimise((ClpMethod)method, 100, Cancellation));
        Assert.Equal([1, 1], model.Solution());
        Assert.Equal([3, 2], model.Prices());

        var cheap = new Vectors();
        cheap.Begin(0, 0.5, 1);
        cheap.Add(0, 1);
        model.AddColumns(cheap);
        Assert.True(model.Minimise((ClpMethod)method, 100, Cancellation));
        Assert.Equal([0.5, 1, 0.5], model.Solution());
        Assert.Equal(7, model.Objective, 1e-12);
    }

    [Theory]
    [InlineData(1, 0, "infeasible")]
    [InlineData(-1, -1, "unbounded")]
    public void A_program_without_an_optimum_is_an_error_that_says_which(double lower, double cost, string reason)
    {
        using var model = new ClpModel();
        var columns = new Vectors();
        columns.Begin(lower, ClpModel.Infinity, cost);
        model.AddColumns(columns);
        var rows = new Vectors();
        rows.Begin(-ClpModel.Infinity, lower > 0 ? 0 : ClpModel.Infinity);
        rows.Add(0, 1);
        model.AddRows(rows);
        Assert.Contains(reason, Assert.Throws<LinearProgramException>(() => model.Minimise(ClpMethod.Primal, 100, Cancellation)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pivots_and_time_end_it_without_an_optimum()
    {
        using var model = Assignment(60);
        Assert.False(model.Minimise(ClpMethod.Dual, 3, Cancellation));
        Assert.InRange(model.Pivots, 1, 10);
        using var large = Assignment(400);
        var clock = Stopwatch.StartNew();
        Assert.False(large.Minimise(ClpMethod.Initial, int.MaxValue, Cancellation, TimeSpan.FromMilliseconds(50)));
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 20);
    }

    /// <summary>Each of n to one of n, at random costs.</summary>
    private static ClpModel Assignment(int n)
    {
        var (model, random, rows, columns) = (new ClpModel(), new Random(5), new Vectors(), new Vectors());
        for (var i = 0; i < 2 * n; i++)
        {
            rows.Begin(1, 1);
        }

        model.AddRows(rows);
        for (var at = 0; at < n * n; at++)
        {
            columns.Begin(0, ClpModel.Infinity, random.NextDouble());
            columns.Add(at / n, 1);
            columns.Add(n + (at % n), 1);
        }

        model.AddColumns(columns);
        return model;
    }
}
