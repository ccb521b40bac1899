using System.Numerics.Tensors;

namespace Mechanisms.PrivacyGame;

/// <summary>What somebody who sees o', and knows the group's habits and the release, makes of it. All matrices are n × n, row-major by ô, and a column is a distribution.</summary>
public static class Attacks
{
    /// <summary>q(ô | o') = π(ô) F(ô, o') / Σ π F, Eq. 5; the prior for what is never sent.</summary>
    public static double[] Posterior(CollaborativeGame game, ReadOnlySpan<double> release)
    {
        ArgumentNullException.ThrowIfNull(game);
        var n = game.States;
        var attack = new double[n * n];
        for (var seen = 0; seen < n; seen++)
        {
            double sum = 0;
            for (var o = 0; o < n; o++)
            {
                sum += attack[(o * n) + seen] = game.Prior[o] * release[(o * n) + seen];
            }

            for (var o = 0; o < n; o++)
            {
                attack[(o * n) + seen] = sum > 0 ? attack[(o * n) + seen] / sum : game.Prior[o];
            }
        }

        return attack;
    }

    /// <summary>q*, Eq. 10: for every o' the guess that errs least on average.</summary>
    public static double[] Optimal(CollaborativeGame game, ReadOnlySpan<double> release)
    {
        ArgumentNullException.ThrowIfNull(game);
        var n = game.States;
        var errors = Errors(game, release);
        var attack = new double[n * n];
        for (var seen = 0; seen < n; seen++)
        {
            var best = 0;
            for (var guess = 1; guess < n; guess++)
            {
                best = errors[(guess * n) + seen] < errors[(best * n) + seen] ? guess : best;
            }

            attack[(best * n) + seen] = 1;
        }

        return attack;
    }

    /// <summary>Σ π(o) F(o, o') q(ô | o') d(ô, o), Eq. 8: how far an attack is off on average.</summary>
    public static double ExpectedError(CollaborativeGame game, ReadOnlySpan<double> release, ReadOnlySpan<double> attack)
    {
        ArgumentNullException.ThrowIfNull(game);
        return TensorPrimitives.Dot<double>(Errors(game, release), attack);
    }

    /// <summary>Entry (ô, o') is Σ π(o) F(o, o') d(ô, o).</summary>
    internal static double[] Errors(CollaborativeGame game, ReadOnlySpan<double> release)
    {
        var n = game.States;
        var (weighted, errors) = (new double[n * n], new double[n * n]);
        for (var o = 0; o < n; o++)
        {
            TensorPrimitives.Multiply(release.Slice(o * n, n), game.Prior[o], weighted.AsSpan(o * n, n));
        }

        game.Distance.Multiply(weighted, n, errors);
        return errors;
    }
}
