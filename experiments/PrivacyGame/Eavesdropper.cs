using Mechanisms.PrivacyGame;

namespace Experiments.PrivacyGame;

/// <summary>
/// Guesses who asks from where, query after query, knowing the release and how each member moves: a Bayesian filter. It keeps a belief about each member's place;
/// that beliefs about two members hang together through who may have asked is left out, as in assumed-density filtering.
/// </summary>
internal static class Eavesdropper
{
    /// <summary>Walks the members and lets one of them, drawn anew each time, ask after every step.</summary>
    /// <returns>How many of the guesses were wrong.</returns>
    public static int WrongGuesses(Solution solution, Neighbourhood people, int members, int queries, Random random)
    {
        var (game, places) = (solution.Game, Setting.Places);
        var present = people.Present.Take(members).ToArray();
        var beliefs = Array.ConvertAll(present, here => Enumerable.Range(0, places).Select(s => s == here ? 1.0 : 0).ToArray());
        var weights = new double[game.States];
        var wrong = 0;
        for (var query = 0; query < queries; query++)
        {
            for (var u = 0; u < members; u++)
            {
                present[u] = Draw(people.Moves[u].Row(present[u]), random);
                beliefs[u] = people.Moves[u].Predict(beliefs[u]);
            }

            var asks = random.Next(members);
            var secret = (asks * places) + present[asks];
            var seen = Draw(solution.Release.AsSpan(secret * game.States, game.States), random);
            for (var o = 0; o < game.States; o++)
            {
                weights[o] = beliefs[o / places][o % places] * solution.Release[(o * game.States) + seen];
            }

            wrong += Array.IndexOf(weights, weights.Max()) == secret ? 0 : 1;
            Learn(beliefs, weights);
        }

        return wrong;
    }

    /// <summary>P(s_u | o') = P(u did not ask | o') P(s_u) + P(u asked from s_u | o').</summary>
    private static void Learn(double[][] beliefs, double[] weights)
    {
        var total = weights.Sum();
        for (var u = 0; u < beliefs.Length; u++)
        {
            var mine = weights.AsSpan(u * beliefs[u].Length, beliefs[u].Length);
            double asked = 0;
            foreach (var weight in mine)
            {
                asked += weight / total;
            }

            for (var s = 0; s < mine.Length; s++)
            {
                beliefs[u][s] = (Math.Max(0, 1 - asked) * beliefs[u][s]) + (mine[s] / total);
            }
        }
    }

    private static int Draw(ReadOnlySpan<double> probabilities, Random random)
    {
        var left = random.NextDouble();
        var last = 0;
        for (var i = 0; i < probabilities.Length; i++)
        {
            if (probabilities[i] <= 0)
            {
                continue;
            }

            last = i;
            left -= probabilities[i];
            if (left < 0)
            {
                break;
            }
        }

        return last;
    }
}
