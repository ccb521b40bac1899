using System.Diagnostics;
using Mechanisms.PrivacyGame;

namespace Mechanisms.Tests.PrivacyGame;

public sealed class FirstOrderSolverTests
{
    private const double Tolerance = 1e-9;

    [Theory]
    [InlineData(1, 1, 4, 0.5, 0.6, true)]
    [InlineData(2, 2, 3, 0.5, 0.6, true)]
    [InlineData(3, 2, 3, 0.05, 0.9, true)]
    [InlineData(4, 3, 2, 2.0, 0.3, true)]
    [InlineData(5, 2, 3, 0.0, 0.5, true)]
    [InlineData(6, 2, 3, 0.0, 0.6, false)]
    [InlineData(7, 1, 5, 0.0, 0.8, false)]
    [InlineData(8, 2, 3, 0.7, 1.0, true)]
    [InlineData(9, 2, 3, 0.7, 0.0, true)]
    public void What_it_finds_costs_what_the_program_of_the_paper_costs_and_is_proved(int seed, int members, int cells, double alpha, double wish, bool mobility)
    {
        var game = Games.Random(seed, members, cells, alpha, wish, mobility);
        var optimum = Games.LiteralOptimum(game)!.Value;
        var found = new FirstOrderSolver().Solve(game, new SolverLimits(1e-5), cancellationToken: TestContext.Current.CancellationToken).Check(game);
        Assert.True(found.Holds(game.Beta, (1e-5 * found.Cost) + Tolerance, Tolerance), $"seed {seed}: {found}, β {game.Beta}");
        Assert.InRange(optimum, found.LowerBound - 1e-7, found.Cost + 1e-7);
    }

    [Theory]
    [InlineData(4, 20, true)]
    [InlineData(4, 20, false)]
    public void A_game_of_eighty_states_is_solved_within_one_percent(int members, int cells, bool mobility)
    {
        var game = Games.Random(11, members, cells, 0.5, 0.7, mobility);
        var clock = Stopwatch.StartNew();
        SolverProgress? last = null;
        var found = new FirstOrderSolver().Solve(game, new SolverLimits(), new Told(p => last = p), TestContext.Current.CancellationToken).Check(game);
        TestContext.Current.TestOutputHelper!.WriteLine($"{clock.Elapsed.TotalSeconds:0.00} s, {last}, {found}");
        Assert.True(found.Holds(game.Beta, 0.0101 * found.Cost, Tolerance), $"{found}, β {game.Beta}");
    }
}
