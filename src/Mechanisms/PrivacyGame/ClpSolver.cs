using Mechanisms.PrivacyGame.Linear;

namespace Mechanisms.PrivacyGame;

/// <summary>
/// Solves the whole linear program in K by Clp's dual simplex method, to the last digits. It has n² + n columns, n² + n + 1 rows and n³ entries, so it is for small games;
/// <see cref="HybridSolver"/> finds the same for large ones.
/// </summary>
public sealed class ClpSolver : IGameSolver
{
    /// <summary>Largest number of states: three million entries. A hundred states without mobility privacy take ten seconds already.</summary>
    public const int MaxStates = 150;

    /// <summary>Whether Clp is installed: libClp.so.1, Debian's package coinor-libclp1.</summary>
    public static bool IsAvailable => Clp.IsAvailable;

    /// <inheritdoc/>
    public string Name => "Clp";

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The game has more than <see cref="MaxStates"/> states.</exception>
    /// <exception cref="LinearProgramException">Clp is not installed, or ended without an optimum: the message says which.</exception>
    public Certificate Solve(CollaborativeGame game, SolverLimits limits, IProgress<SolverProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(game);
        ArgumentNullException.ThrowIfNull(limits);
        var n = game.States;
        if (n > MaxStates)
        {
            throw new ArgumentException($"There are {n} states; the whole program is solved for at most {MaxStates}. Take the hybrid solver.", nameof(game));
        }

        var reduction = new MobilityReduction(game);
        var best = new Incumbent(game, reduction);
        using var program = new RestrictedProgram(game, reduction);
        var pairs = Enumerable.Range(0, n * n).Select(at => (at / n, at % n)).ToArray();
        program.AddRows(pairs);
        program.AddColumns(pairs);
        if (program.Solve(ClpMethod.Dual, limits.MaxIterations, cancellationToken))
        {
            var products = new double[n * n];
            reduction.Errors(program.Release, products);
            best.Offer(program.Release, products);
            reduction.Losses(program.Attack, products);
            best.Prove(program.Attack, products, program.Price);
            progress?.Report(new SolverProgress(program.Pivots, best.Cost, best.Bound, Name));
        }

        return best.Certify();
    }
}
