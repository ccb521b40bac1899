namespace Mechanisms.PrivacyGame;

/// <summary>When solving ends.</summary>
/// <param name="RelativeGap">Cost above the lower bound, as a share of the cost.</param>
/// <param name="MaxIterations">Ends also without reaching it: steps of the first-order method, pivots of the simplex method.</param>
public sealed record SolverLimits(double RelativeGap = 0.01, int MaxIterations = 100_000);

/// <summary>How far it has come.</summary>
/// <param name="Iterations">Steps or pivots so far.</param>
/// <param name="Cost">The cheapest release so far that keeps β.</param>
/// <param name="LowerBound">No release costs less.</param>
/// <param name="Solver">Whose progress this is: <see cref="IGameSolver.Name"/>.</param>
public sealed record SolverProgress(int Iterations, double Cost, double LowerBound, string Solver);

/// <summary>Finds a release that keeps α and β at nearly the least cost, with the proof that it does. One object may solve several games at once.</summary>
public interface IGameSolver
{
    /// <summary>For reports and logs.</summary>
    string Name { get; }

    /// <summary>Solves.</summary>
    /// <returns>The best release and the best proof that were found, whether or not they meet the gap: <see cref="Certificate.Check"/> tells.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is kept.</exception>
    Certificate Solve(CollaborativeGame game, SolverLimits limits, IProgress<SolverProgress>? progress = null, CancellationToken cancellationToken = default);
}
