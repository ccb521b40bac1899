using Mechanisms.PrivacyGame;
using Mechanisms.PrivacyGame.Linear;

namespace Bench.PrivacyGame;

/// <summary>The program of the paper, §3.1, word for word: minimise Σ π F c with rows of F that sum to 1, Σ x ≥ β, x(o') ≤ Σ π F d for every ô, and Eq. 11 as it stands.</summary>
internal static class Textbook
{
    public static ClpModel Program(CollaborativeGame game)
    {
        var (n, model, rows, columns) = (game.States, new ClpModel(), new Vectors(), new Vectors());
        for (var o = 0; o < n; o++)
        {
            rows.Begin(1, 1);
        }

        rows.Begin(game.Beta, ClpModel.Infinity);
        var inequalities = (game.HasMobility ? 2 : 1) * n * n;
        for (var i = 0; i < inequalities; i++)
        {
            rows.Begin(0, ClpModel.Infinity);
        }

        model.AddRows(rows);
        var (errors, moves) = (n + 1, n + 1 + (n * n));
        for (var o = 0; o < n; o++)
        {
            for (var seen = 0; seen < n; seen++)
            {
                columns.Begin(0, ClpModel.Infinity, game.Prior[o] * game.Cost[seen, o]);
                columns.Add(o, 1);
                for (var guess = 0; guess < n; guess++)
                {
                    columns.Add(errors + (seen * n) + guess, game.Prior[o] * game.Distance[guess, o]);
                }

                for (var guess = 0; guess < n && game.HasMobility; guess++)
                {
                    columns.Add(moves + (seen * n) + guess, (guess == o ? Math.Exp(game.Alpha) : 0) - game.Prediction[o]);
                }
            }
        }

        for (var seen = 0; seen < n; seen++)
        {
            columns.Begin(-ClpModel.Infinity, ClpModel.Infinity);
            columns.Add(n, 1);
            for (var guess = 0; guess < n; guess++)
            {
                columns.Add(errors + (seen * n) + guess, -1);
            }
        }

        model.AddColumns(columns);
        return model;
    }
}
