using Mechanisms.PrivacyGame;

namespace Mechanisms.Tests.PrivacyGame;

/// <summary>Made-up games, and the program of §3.1 word for word.</summary>
internal static class Games
{
    /// <summary>Members in cells at random places; guesses err by distance and by 0.3 for another member, and sending costs distance and 0.2 for another member.</summary>
    /// <param name="wish">β as a share of what is possible.</param>
    public static CollaborativeGame Random(int seed, int members, int cells, double alpha, double wish, bool mobility)
    {
        var random = new Random(seed);
        var places = Enumerable.Range(0, cells).Select(_ => (X: random.NextDouble(), Y: random.NextDouble())).ToArray();
        var same = places.SelectMany(a => places.Select(b => Math.Sqrt(Math.Pow(a.X - b.X, 2) + Math.Pow(a.Y - b.Y, 2)))).ToArray();
        var distance = new PairMatrix(members, same, [.. same.Select(d => d + 0.3)]);
        var cost = new PairMatrix(members, same, [.. same.Select(d => (0.7 * d) + 0.2)]);
        var prior = Distribution(random, members * cells);
        double[] prediction = mobility ? Distribution(random, members * cells) : [];
        var highest = new CollaborativeGame(prior, prediction, distance, cost, alpha, 0).HighestPrivacy;
        return new CollaborativeGame(prior, prediction, distance, cost, alpha, wish * highest);
    }

    /// <summary>min Σ π F c over F and x, with x(o') ≤ Σ π F d for every ô, Σ x ≥ β, and Eq. 11 as it stands.</summary>
    public static double? LiteralOptimum(CollaborativeGame game)
    {
        var n = game.States;
        var costs = new double[(n * n) + n];
        for (var o = 0; o < n; o++)
        {
            for (var seen = 0; seen < n; seen++)
            {
                costs[(o * n) + seen] = game.Prior[o] * game.Cost[seen, o];
            }
        }

        var program = new LinearProgram(costs);
        for (var o = 0; o < n; o++)
        {
            var row = new double[costs.Length];
            Array.Fill(row, 1, o * n, n);
            program.Equal(row, 1);
        }

        var total = new double[costs.Length];
        Array.Fill(total, -1, n * n, n);
        program.AtMost(total, -game.Beta);
        for (var seen = 0; seen < n; seen++)
        {
            for (var guess = 0; guess < n; guess++)
            {
                var (error, moved) = (new double[costs.Length], new double[costs.Length]);
                error[(n * n) + seen] = 1;
                for (var o = 0; o < n; o++)
                {
                    error[(o * n) + seen] = -game.Prior[o] * game.Distance[guess, o];
                    moved[(o * n) + seen] = game.Prediction[o];
                }

                program.AtMost(error, 0);
                if (game.HasMobility)
                {
                    moved[(guess * n) + seen] -= Math.Exp(game.Alpha);
                    program.AtMost(moved, 0);
                }
            }
        }

        return program.Minimum();
    }

    private static double[] Distribution(Random random, int length)
    {
        var values = Enumerable.Range(0, length).Select(_ => 0.05 + random.NextDouble()).ToArray();
        var sum = values.Sum();
        return [.. values.Select(v => v / sum)];
    }
}
