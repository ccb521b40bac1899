namespace Mechanisms.PrivacyGame;

/// <summary>Which solver for which game.</summary>
public static class GameSolvers
{
    /// <summary>Up to so many states the whole linear program is solved at once.</summary>
    public const int WholeProgramStates = 50;

    /// <summary>The best one that can run here: with Clp the whole program for small games and the hybrid for others, without it the first-order method.</summary>
    public static IGameSolver Best(CollaborativeGame game)
    {
        ArgumentNullException.ThrowIfNull(game);
        return Best(game.States, ClpSolver.IsAvailable);
    }

    internal static IGameSolver Best(int states, bool withClp) =>
        !withClp ? new FirstOrderSolver() : states <= WholeProgramStates ? new ClpSolver() : new HybridSolver();
}
