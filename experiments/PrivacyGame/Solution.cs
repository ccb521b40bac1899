using Mechanisms.PrivacyGame;

namespace Experiments.PrivacyGame;

/// <summary>A release for a group, and what it does against an attacker who sees one query.</summary>
/// <param name="Privacy">The share of wrong guesses of the best attacker (Eq. 8).</param>
/// <param name="Cost">Eq. 9, in kilometres.</param>
internal sealed record Solution(CollaborativeGame Game, double[] Release, double Privacy, double Cost)
{
    private const double Gap = 0.01;
    private const int MaxSteps = 30;

    // Shares of the most privacy that there is, where the search begins. Close to 1 a game of a hundred states takes minutes.
    private static readonly double[] Starts = [0.85, 0.92, 0.97], StartsOfSmall = [0.9999];

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
        var starts = members * Setting.Places <= GameSolvers.WholeProgramStates ? StartsOfSmall : Starts;
        bool IsWithin(Solution solution) => solution.Cost <= budget * (1 + (2 * Gap));
        (Solution Solution, double Price) At(Func<double, double> beta) => Solve(people.Game(members, alpha, beta), cancellationToken);
        var (best, price) = At(highest => highest * starts[0]);
        foreach (var start in starts[1..].TakeWhile(_ => IsWithin(best)))
        {
            (best, price) = At(highest => highest * start);
        }

        for (var step = 0; !IsWithin(best); step++)
        {
            if (best.Game.Beta == 0 || price <= 0)
            {
                throw new InvalidOperationException($"{members} members at α = {alpha}: mobility privacy alone costs {best.Cost:0.###} km, more than the budget of {budget} km.");
            }

            if (step == MaxSteps)
            {
                throw new InvalidOperationException($"{members} members at α = {alpha}: no release at the budget after {MaxSteps} steps.");
            }

            var beta = best.Game.Beta - ((best.Cost - budget) / price);
            (best, price) = At(_ => Math.Max(beta, 0));
        }

        return best;
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
