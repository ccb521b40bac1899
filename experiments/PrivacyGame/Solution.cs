using Mechanisms.PrivacyGame;

namespace Experiments.PrivacyGame;

/// <summary>A release for a group, and what it does against an attacker who sees one query.</summary>
/// <param name="Privacy">The share of wrong guesses of the best attacker (Eq. 8).</param>
/// <param name="Cost">Eq. 9, in kilometres.</param>
internal sealed record Solution(CollaborativeGame Game, double[] Release, double Privacy, double Cost)
{
    private const double Gap = 0.005;

    // Close to the most privacy that there is, a game of a hundred states takes minutes.
    private const double HighestShare = 0.97, HighestShareOfSmall = 0.9999;
    private const int MaxSteps = 30;

    /// <summary>P1: the cheapest release with at least this privacy.</summary>
    public static Solution Cheapest(Neighbourhood people, int members, double? alpha, double beta, CancellationToken cancellationToken) =>
        Solve(people.Game(members, alpha, highest => Math.Min(beta, highest)), cancellationToken).Solution;

    /// <summary>
    /// The most private release within a budget. The least cost is a convex function of β, and the certificate's price λ is its slope, so Newton's method from above
    /// comes down to the budget without passing it by more than the solver's gap.
    /// </summary>
    /// <returns>At most 0.97 of the highest privacy, in small games 0.9999.</returns>
    /// <exception cref="InvalidOperationException">Mobility privacy alone costs more than the budget.</exception>
    public static Solution MostPrivate(Neighbourhood people, int members, double? alpha, double budget, CancellationToken cancellationToken)
    {
        var share = members * Setting.Places <= GameSolvers.WholeProgramStates ? HighestShareOfSmall : HighestShare;
        var beta = double.NaN;
        for (var step = 0; step < MaxSteps; step++)
        {
            var game = people.Game(members, alpha, highest => double.IsNaN(beta) ? highest * share : Math.Max(beta, 0));
            var (solution, price) = Solve(game, cancellationToken);
            if (solution.Cost <= budget * (1 + (2 * Gap)))
            {
                return solution;
            }

            if (game.Beta == 0 || price <= 0)
            {
                throw new InvalidOperationException($"{members} members at α = {alpha}: mobility privacy alone costs {solution.Cost:0.###} km, more than the budget of {budget} km.");
            }

            beta = game.Beta - ((solution.Cost - budget) / price);
        }

        throw new InvalidOperationException($"{members} members at α = {alpha}: no release at the budget after {MaxSteps} steps.");
    }

    private static (Solution Solution, double Price) Solve(CollaborativeGame game, CancellationToken cancellationToken)
    {
        var certificate = GameSolvers.Best(game).Solve(game, new SolverLimits(Gap), progress: null, cancellationToken);
        var found = certificate.Check(game);
        return found.Holds(game.Beta, (Gap * found.Cost) + 1e-9, 1e-6)
            ? (new Solution(game, certificate.Release, found.Privacy, found.Cost), certificate.Price)
            : throw new InvalidOperationException($"A game of {game.States} states was not solved: {found}.");
    }
}
