namespace Mechanisms.PrivacyGame;

/// <summary>
/// Solves the game as the saddle point min over K, max over (Y, λ) of ⟨P, K⟩ − ⟨Y, GK⟩ + λβ, with rows of K distributions and columns of Y that sum to λ, by the primal-dual hybrid
/// gradient method (Chambolle and Pock, JMIV 40, 2011) with averages, restarts and an adaptive primal weight (Applegate et al., PDLP, NeurIPS 2021). A row's step is
/// the larger the less the state matters (Pock and Chambolle, ICCV 2011). λ enters no product, so each dual step takes the best one.
/// Managed code alone; the first percents come soon, the last one slowly.
/// </summary>
public sealed class FirstOrderSolver : IGameSolver
{
    /// <inheritdoc/>
    public string Name => "first-order";

    /// <inheritdoc/>
    public Certificate Solve(CollaborativeGame game, SolverLimits limits, IProgress<SolverProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(game);
        ArgumentNullException.ThrowIfNull(limits);
        var run = new FirstOrderRun(game, new MobilityReduction(game));
        run.Until(limits, (iterations, cost, bound) => progress?.Report(new SolverProgress(iterations, cost, bound, Name)), cancellationToken);
        return run.Best.Certify();
    }
}
