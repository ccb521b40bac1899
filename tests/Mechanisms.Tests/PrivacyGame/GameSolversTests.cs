using Mechanisms.PrivacyGame;
using Mechanisms.PrivacyGame.Linear;

namespace Mechanisms.Tests.PrivacyGame;

public sealed class GameSolversTests
{
    private const double Tolerance = 1e-9, Gap = 1e-6;

    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(10);

    public static readonly TheoryData<string> All = ["first-order", "Clp", "hybrid"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(All))]
    public void What_it_finds_costs_what_the_program_of_the_paper_costs_and_is_proved(string name)
    {
        (int Members, int Cells, double Alpha, double Wish, bool Mobility)[] families =
        [
            (1, 4, 0.5, 0.6, true), (2, 3, 0.5, 0.6, true), (2, 3, 0.05, 0.9, true), (3, 2, 2.0, 0.3, true), (2, 3, 0.0, 0.5, true), (2, 3, 0.0, 0.6, false), (1, 5, 0.0, 0.8, false),
            (2, 3, 0.7, 1.0, true), (2, 3, 0.0, 1.0, false), (2, 3, 0.7, 0.0, true), (2, 3, 0.0, 0.0, false),
        ];
        for (var seed = 1; seed <= 3 * families.Length; seed++)
        {
            var (members, cells, alpha, wish, mobility) = families[seed % families.Length];
            var game = Games.Random(seed, members, cells, alpha, wish, mobility);
            Proves(Solver(name), game, Games.LiteralOptimum(game)!.Value, $"seed {seed}, {families[seed % families.Length]}");
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Degenerate_games_are_solved_like_others(string name)
    {
        double[] line = [0, 1, 2, 1, 0, 1, 2, 1, 0], equal = [1, 1, 1, 1, 1, 1, 1, 1, 1], nothing = new double[9];
        double[] prior = [0.5, 0, 0.5], impossible = [0, 1, 0], flat = [0.25, 0.5, 0.25];
        foreach (var (distance, cost) in new[] { (line, line), (equal, line), (line, equal), (nothing, line), (line, nothing), (nothing, nothing), (equal, equal) })
        {
            foreach (var π in new[] { prior, impossible, flat })
            {
                foreach (var ψ in new[] { [], prior, impossible, flat })
                {
                    foreach (var (alpha, wish) in new[] { (0.0, 1.0), (0.0, 0.5), (1.0, 1.0), (1.0, 0.5), (40.0, 0.0), (40.0, 0.7) })
                    {
                        var (d, c) = (new PairMatrix(1, distance, distance), new PairMatrix(1, cost, cost));
                        var game = new CollaborativeGame(π, ψ, d, c, alpha, wish * new CollaborativeGame(π, ψ, d, c, alpha, 0).HighestPrivacy);

                        // e^40 is too much for the textbook method; ψ does not count any more.
                        var literal = alpha > 10 ? new CollaborativeGame(π, [], d, c, alpha, game.Beta) : game;
                        Proves(Solver(name), game, Games.LiteralOptimum(literal)!.Value, $"d {string.Join(' ', distance)}, c {string.Join(' ', cost)}, π {string.Join(' ', π)}, ψ {string.Join(' ', ψ)}, α {alpha}, β {game.Beta}");
                    }
                }
            }
        }

        var one = new PairMatrix(1, [0], [0]);
        Proves(Solver(name), new CollaborativeGame([1], [1], one, one, 0.5, 0), 0, "one member in one cell");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_three_agree_on_games_that_the_textbook_method_is_too_slow_for(bool mobility)
    {
        var game = Games.Random(11, 4, 8, 0.5, 0.7, mobility);
        var exact = Proves(Solver("Clp"), game, optimum: null, "Clp");
        var hybrid = Proves(Solver("hybrid"), game, optimum: null, "hybrid");
        var managed = new FirstOrderSolver().Solve(game, new SolverLimits(0.01), cancellationToken: Cancellation).Check(game);
        Assert.Equal(exact.Cost, hybrid.Cost, 2 * Gap * exact.Cost);
        Assert.InRange(exact.Cost, managed.LowerBound - Tolerance, managed.Cost + Tolerance);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_hybrid_generates_what_a_hundred_states_need_and_proves_a_millionth(bool mobility)
    {
        var game = Games.Random(12, 5, 20, 0.5, 0.7, mobility);
        var reports = new List<SolverProgress>();
        var certificate = new HybridSolver().Solve(game, new SolverLimits(Gap), new Told(reports.Add), Cancellation);
        Assert.True(certificate.Check(game).Holds(game.Beta, Gap * certificate.Check(game).Cost, Tolerance), $"{certificate.Check(game)}");
        Assert.All(reports, r => Assert.Equal("hybrid", r.Solver));
        Assert.All(reports.Zip(reports.Skip(1)), pair =>
        {
            Assert.True(pair.Second.Iterations >= pair.First.Iterations);
            Assert.True(pair.Second.Cost <= pair.First.Cost && pair.Second.LowerBound >= pair.First.LowerBound, $"{pair}");
        });
    }

    [Theory]
    [InlineData("first-order", 12, 300)]
    [InlineData("Clp", 12, 300)]
    [InlineData("hybrid", 40, 300)]
    [InlineData("hybrid", 40, 2_500)]
    public async Task Cancelled_in_the_middle_it_ends_at_once(string name, int cells, int milliseconds)
    {
        // Without mobility privacy: 120 states take the whole program half a minute, 400 the hybrid several seconds.
        var game = Games.Random(13, 10, cells, 0, 0.7, mobility: false);
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var solving = Task.Run(() => Solver(name).Solve(game, new SolverLimits(0), cancellationToken: source.Token), Cancellation);
        await Task.Delay(milliseconds, Cancellation);
        Assert.False(solving.IsCompleted, "It was ready before it could be cancelled.");
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => solving.WaitAsync(AtOnce, Cancellation));
    }

    [Fact]
    public async Task Cancelled_among_its_pivots_Clp_ends_at_once()
    {
        var game = Games.Random(13, 10, 12, 0, 0.7, mobility: false);
        using var program = new RestrictedProgram(game, new MobilityReduction(game));
        var pairs = Enumerable.Range(0, 120 * 120).Select(at => (at / 120, at % 120)).ToArray();
        program.AddRows(pairs);
        program.AddColumns(pairs);
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var solving = Task.Run(() => program.Solve(ClpMethod.Dual, int.MaxValue, source.Token), Cancellation);
        await Task.Delay(3_000, Cancellation);
        Assert.False(solving.IsCompleted, "It was ready before it could be cancelled.");
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => solving.WaitAsync(AtOnce, Cancellation));
        Assert.True(program.Pivots > 0, "Clp had not begun.");
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Out_of_iterations_it_hands_over_what_it_has_with_a_bound_that_is_true(string name)
    {
        var game = Games.Random(14, 2, 3, 0.5, 0.8, mobility: true);
        var optimum = Games.LiteralOptimum(game)!.Value;
        foreach (var iterations in new[] { 0, 1, 5, 20 })
        {
            var found = Solver(name).Solve(game, new SolverLimits(0, iterations), cancellationToken: Cancellation).Check(game);
            Assert.True(found.Holds(game.Beta, double.PositiveInfinity, Tolerance), $"{found}, β {game.Beta}");
            Assert.InRange(optimum, found.LowerBound - Tolerance, found.Cost + Tolerance);
        }
    }

    [Theory]
    [InlineData("Clp", 6)]
    [InlineData("hybrid", 12)]
    public async Task Two_threads_find_what_one_finds(string name, int cells)
    {
        var games = Enumerable.Range(20, 4).Select(seed => Games.Random(seed, 4, cells, 0.5, 0.7, seed % 2 == 0)).ToArray();
        var solver = Solver(name);
        var alone = games.Select(g => solver.Solve(g, new SolverLimits(Gap), cancellationToken: Cancellation)).ToArray();
        var together = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => games.Select(g => solver.Solve(g, new SolverLimits(Gap), cancellationToken: Cancellation)).ToArray(), Cancellation)));
        Assert.All(together, certificates => Assert.All(certificates.Zip(alone), pair => Assert.Equal(pair.Second.Release, pair.First.Release)));
    }

    [Fact]
    public void The_best_solver_is_the_one_that_is_there_and_fits()
    {
        Assert.IsType<FirstOrderSolver>(GameSolvers.Best(10, withClp: false));
        Assert.IsType<FirstOrderSolver>(GameSolvers.Best(1_000, withClp: false));
        Assert.IsType<ClpSolver>(GameSolvers.Best(GameSolvers.WholeProgramStates, withClp: true));
        Assert.IsType<HybridSolver>(GameSolvers.Best(GameSolvers.WholeProgramStates + 1, withClp: true));
        Assert.True(ClpSolver.IsAvailable, "libClp.so.1 is missing: apt-get install coinor-libclp1.");
    }

    [Fact]
    public void A_game_that_is_too_large_for_the_whole_program_is_refused_before_it_is_made()
    {
        var game = Games.Random(16, 10, 16, 0, 0.5, mobility: false);
        Assert.Contains("160 states", Assert.Throws<ArgumentException>(() => new ClpSolver().Solve(game, new SolverLimits(), cancellationToken: Cancellation)).Message, StringComparison.Ordinal);
    }

    private static IGameSolver Solver(string name) => name switch { "Clp" => new ClpSolver(), "hybrid" => new HybridSolver(), _ => new FirstOrderSolver() };

    private static CertificateFindings Proves(IGameSolver solver, CollaborativeGame game, double? optimum, string which)
    {
        // The first-order method would take long for the last digits.
        var gap = solver is FirstOrderSolver ? 1e-3 : Gap;
        var found = solver.Solve(game, new SolverLimits(gap), cancellationToken: Cancellation).Check(game);
        Assert.True(found.Holds(game.Beta, (gap * found.Cost) + Tolerance, Tolerance), $"{which}: {found}, β {game.Beta}");
        Assert.True(optimum is null || (optimum >= found.LowerBound - 1e-8 && optimum <= found.Cost + 1e-8), $"{which}: {found}, optimum {optimum}");
        return found;
    }
}
