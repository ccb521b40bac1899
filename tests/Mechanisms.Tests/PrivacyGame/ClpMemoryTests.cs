using System.Diagnostics;
using Mechanisms.PrivacyGame;

namespace Mechanisms.Tests.PrivacyGame;

/// <summary>Measures the whole process, so nothing else may run in it.</summary>
[Collection(nameof(Alone))]
public sealed class ClpMemoryTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Ten_thousand_small_games_leave_no_memory_behind()
    {
        var game = Games.Random(15, 2, 2, 0.5, 0.7, mobility: true);
        void Solve(int times)
        {
            for (var i = 0; i < times; i++)
            {
                new ClpSolver().Solve(game, new SolverLimits(1e-6), cancellationToken: Cancellation);
            }

            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Solve(1_000);
        var before = Resident();
        Solve(10_000);
        Assert.InRange(Resident() - before, long.MinValue, 30L << 20);
    }

    private static long Resident()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}

/// <summary>Tests that run when no others do.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
